/**
 * One contract for every kind of registry, against the real upstream of each.
 *
 * <p>Starting point: {@link dev.hawser.it.registry.ServiceRegistryContract}.
 */
@NullMarked
package dev.hawser.it.registry;

import org.jspecify.annotations.NullMarked;
