/**
 * Puts the parts of a proxy together and keeps them fed with configuration.
 *
 * <p>Starting points: {@link dev.hawser.proxy.boot.Proxy}, {@link dev.hawser.proxy.boot.DataPlane}.
 */
@NullMarked
package dev.hawser.proxy.boot;

import org.jspecify.annotations.NullMarked;
