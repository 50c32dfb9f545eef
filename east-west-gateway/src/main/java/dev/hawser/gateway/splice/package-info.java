/**
 * Connections: their first bytes, their target, and the bytes that pass between both.
 *
 * <p>Starting points: {@link dev.hawser.gateway.splice.Connections}.
 */
@NullMarked
package dev.hawser.gateway.splice;

import org.jspecify.annotations.NullMarked;
