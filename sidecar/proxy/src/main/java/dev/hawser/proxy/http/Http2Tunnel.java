package dev.hawser.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayDeque;

/**
 * A stream that goes on with another protocol (RFC 8441), seen from both sides: everywhere else in
 * the proxy such a request is the GET that it would be over HTTP/1.1, with its {@code :protocol},
 * and its answer is 101.
 */
final class Http2Tunnel {
  private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
  private static final AsciiString SWITCHING = AsciiString.cached("101");
  private static final AsciiString BAD_GATEWAY = AsciiString.cached("502");
  private static final AsciiString OK = AsciiString.cached("200");

  private final ArrayDeque<ByteBuf> early = new ArrayDeque<>(0);
  private boolean awaiting;
  private boolean earlyEnd;

  /** Returns what is sent to ask for it. */
  static Http2Headers toConnect(Http2Headers request) {
    Http2Headers connect = new DefaultHttp2Headers(false, request.size());
    connect.setAll(request);
    return connect.method(CONNECT);
  }

  /**
   * Returns what is sent in answer. 101 is not a status of HTTP/2; and an application that answered
   * the GET instead of going on must not look as if it had agreed.
   */
  static Http2Headers toResponse(Http2Headers response) {
    CharSequence status = response.status();
    if (AsciiString.contentEquals(SWITCHING, status)) {
      return response.status(OK);
    }
    return status != null && status.charAt(0) == '2' ? response.status(BAD_GATEWAY) : response;
  }

  /** Makes of an answer that agrees what HTTP/1.1 says. */
  static void toSwitching(Http2Headers response) {
    CharSequence status = response.status();
    if (status != null && status.charAt(0) == '2') {
      response.status(SWITCHING);
    }
  }

  /** It is not known yet whether the peer may be asked. */
  void await() {
    awaiting = true;
  }

  boolean isAwaiting() {
    return awaiting;
  }

  /** Keeps what comes meanwhile; the caller's window bounds it. */
  void hold(ByteBuf data, boolean end) {
    early.add(data);
    earlyEnd = end;
  }

  void flush(HttpStream to) {
    awaiting = false;
    for (ByteBuf data = early.poll(); data != null; data = early.poll()) {
      to.sendData(data, earlyEnd && early.isEmpty());
    }
  }

  void drop() {
    awaiting = false;
    early.forEach(ByteBuf::release);
    early.clear();
  }
}
