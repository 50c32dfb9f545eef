/**
 * Watching requests: what the logs and the traces of their listener want to know. A listener that
 * asks for neither has no observer, and its requests have no watch.
 *
 * <p>Starting points: {@link dev.hawser.proxy.observe.Observers}, {@link
 * dev.hawser.proxy.observe.Watch}.
 */
@NullMarked
package dev.hawser.proxy.observe;

import org.jspecify.annotations.NullMarked;
