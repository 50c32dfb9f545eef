/**
 * Server names, fuzzed.
 *
 * <p>Starting point: {@link dev.hawser.gateway.route.NameFuzz}.
 */
@NullMarked
package dev.hawser.gateway.route;

import org.jspecify.annotations.NullMarked;
