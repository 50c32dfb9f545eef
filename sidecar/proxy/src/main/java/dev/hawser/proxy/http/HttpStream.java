package dev.hawser.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;

/**
 * Our half of one request and its response on one connection: what we send. On the side that called
 * us this is the response, on the side that we call it is the request.
 *
 * <p>All calls are made on the connection's event loop. After the end has been sent, after {@link
 * #reset} and after {@link StreamListener#onReset} every call but {@link #credit} is ignored, and
 * buffers handed in are released.
 */
public interface HttpStream {
  /**
   * Sends a head. A response may be preceded by informational ones (1xx) that are not the end.
   *
   * @param end whether no body follows
   */
  void sendHeaders(Http2Headers headers, boolean end);

  /**
   * Sends a piece of the body; its ownership passes.
   *
   * @param end whether it is the last piece and no trailers follow
   */
  void sendData(ByteBuf data, boolean end);

  /** Sends trailers and ends. */
  void sendTrailers(Http2Headers trailers);

  /** Breaks off; the other side will see that the message is not whole. */
  void reset(ResetReason reason);

  /** Whether more may be sent now; {@link StreamListener#onWritable} tells when it may again. */
  boolean isWritable();

  /** Takes note that so many received bytes have gone on their way, so that more may come. */
  void credit(int bytes);

  /**
   * Whether the other side's half of a tunnel is still open although ours has ended. False for
   * messages.
   */
  default boolean stillReceives() {
    return false;
  }
}
