/**
 * The data path as a whole: proxies, applications and callers in one process, over real sockets
 * with real certificates.
 *
 * <p>Starting points: {@link dev.hawser.proxy.mesh.TestProxy}, {@link
 * dev.hawser.proxy.mesh.HttpPathTest}.
 */
@NullMarked
package dev.hawser.proxy.mesh;

import org.jspecify.annotations.NullMarked;
