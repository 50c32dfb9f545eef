/**
 * The connection log.
 *
 * <p>Starting points: {@code ConnectionLogTest}.
 */
@NullMarked
package dev.hawser.gateway.splice;

import org.jspecify.annotations.NullMarked;
