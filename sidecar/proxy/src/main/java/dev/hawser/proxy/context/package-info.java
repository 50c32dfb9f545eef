/**
 * What the parts of one proxy share, and the connections it has taken.
 *
 * <p>Starting points: {@link dev.hawser.proxy.context.ProxyContext}, {@link
 * dev.hawser.proxy.context.Connections}.
 */
@NullMarked
package dev.hawser.proxy.context;

import org.jspecify.annotations.NullMarked;
