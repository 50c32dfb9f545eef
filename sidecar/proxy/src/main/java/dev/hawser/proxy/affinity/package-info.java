/**
 * Which requests belong together: the hash and the labels by which a request chooses its endpoint,
 * worked out by a plan that was made when the route arrived.
 *
 * <p>Starting points: {@link dev.hawser.proxy.affinity.Affinity}, {@link
 * dev.hawser.proxy.affinity.XxHash64}.
 */
@NullMarked
package dev.hawser.proxy.affinity;

import org.jspecify.annotations.NullMarked;
