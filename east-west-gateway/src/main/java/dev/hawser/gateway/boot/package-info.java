/**
 * Puts the parts together and takes them apart.
 *
 * <p>Starting points: {@link dev.hawser.gateway.boot.Gateway}.
 */
@NullMarked
package dev.hawser.gateway.boot;

import org.jspecify.annotations.NullMarked;
