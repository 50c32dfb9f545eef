/**
 * HTTP on the wire: an own strict HTTP/1.1 reader and writer (RFC 9112) and HTTP/2 (RFC 9113) on
 * Netty's frame codec, both behind one pair of interfaces, so that what forwards a request does not
 * know which of them either side speaks.
 *
 * <p>Headers are {@link io.netty.handler.codec.http2.Http2Headers} everywhere: lower-case names and
 * pseudo-headers; HTTP/1.1 is translated at its edge. Bodies pass as the buffers they were read
 * into.
 *
 * <p>Starting points: {@link dev.hawser.proxy.http.HttpStream}, {@link
 * dev.hawser.proxy.http.StreamListener}, {@link dev.hawser.proxy.http.Http1ServerConnection},
 * {@link dev.hawser.proxy.http.Http2ServerConnection}.
 */
@NullMarked
package dev.hawser.proxy.http;

import org.jspecify.annotations.NullMarked;
