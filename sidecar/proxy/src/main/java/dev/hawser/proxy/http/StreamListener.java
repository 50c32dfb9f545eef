package dev.hawser.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;

/**
 * Receives the other half of a request and its response.
 *
 * <p>Called on the connection's event loop, in the order of the message. After an end or a reset
 * nothing follows.
 */
public interface StreamListener {
  /**
   * The head of the request or the final head of the response.
   *
   * @param end whether no body follows
   */
  void onHeaders(Http2Headers headers, boolean end);

  /** An informational head (1xx) before the response's own; never comes with a request. */
  default void onInformational(Http2Headers headers) {}

  /**
   * A piece of the body; its ownership passes to the listener, which calls {@link
   * HttpStream#credit} with its size once it has been passed on or dropped.
   */
  void onData(ByteBuf data, boolean end);

  /** Trailers, and the end. */
  void onTrailers(Http2Headers trailers);

  /** The stream takes bytes again after {@link HttpStream#isWritable} was false. */
  void onWritable();

  /** The configuration has changed: a request goes on only if it would be let in again. */
  default void reconsider() {}

  /** The stream is broken off by the peer or the connection. */
  void onReset(StreamFailure failure);
}
