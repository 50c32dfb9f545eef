/**
 * Proxies as real processes that end, and that follow one another, while they are under load.
 *
 * <p>Starting points: {@link dev.hawser.it.operation.HotRestartIT}.
 */
@NullMarked
package dev.hawser.it.operation;

import org.jspecify.annotations.NullMarked;
