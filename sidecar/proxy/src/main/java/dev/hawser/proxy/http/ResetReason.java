package dev.hawser.proxy.http;

import io.netty.handler.codec.http2.Http2Error;

/** Why we break off a stream. */
public enum ResetReason {
  /** The answer is complete; the rest of the request is not wanted. */
  DONE(Http2Error.NO_ERROR),
  /** Nobody waits for the answer any more. */
  CANCEL(Http2Error.CANCEL),
  /** The request has not been processed and may be sent again. */
  REFUSED(Http2Error.REFUSED_STREAM),
  /** The message cannot be completed. */
  INTERNAL(Http2Error.INTERNAL_ERROR),
  /** The peer broke the protocol. */
  PROTOCOL(Http2Error.PROTOCOL_ERROR);

  private final Http2Error code;

  ResetReason(Http2Error code) {
    this.code = code;
  }

  /** Returns its code in HTTP/2. */
  Http2Error code() {
    return code;
  }
}
