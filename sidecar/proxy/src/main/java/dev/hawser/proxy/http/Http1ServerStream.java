package dev.hawser.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** Answers one request of an {@link Http1ServerConnection}. */
final class Http1ServerStream implements HttpStream {
  private final Http1ServerConnection connection;
  private final boolean http11;
  private final boolean clientKeepsAlive;
  private final boolean toHead;
  private final boolean toConnect;
  private final @Nullable CharSequence tunnelProtocol;
  private final @Nullable CharSequence webSocketKey;
  private Http1Writer.@Nullable BodyForm form;
  private long remaining;
  private boolean keepAlive;
  private boolean halfEnded;
  private boolean closed;
  private @Nullable StreamListener listener;

  Http1ServerStream(Http1ServerConnection connection, Http1Head request) {
    this.connection = connection;
    this.http11 = request.http11();
    this.clientKeepsAlive = request.keepAlive();
    this.toHead = AsciiString.contentEquals("HEAD", request.headers().method());
    boolean tunnel = request.framing() == Http1Head.Framing.TUNNEL;
    this.toConnect = tunnel && !request.headers().contains(HeaderRules.PROTOCOL);
    this.tunnelProtocol = tunnel ? request.headers().get(HeaderRules.PROTOCOL) : null;
    this.webSocketKey = tunnel ? request.headers().get(HeaderNames.SEC_WEBSOCKET_KEY) : null;
  }

  void listen(StreamListener toThis) {
    listener = toThis;
  }

  StreamListener listener() {
    StreamListener present = listener;
    if (present == null) {
      throw new IllegalStateException("request has not been accepted yet");
    }
    return present;
  }

  /** Whether the client has seen a part of the response. */
  boolean hasBegun() {
    return form != null;
  }

  /** The connection is lost to this request. */
  void fail(StreamFailure failure) {
    if (!closed) {
      closed = true;
      listener().onReset(failure);
    }
  }

  @Override
  public void sendHeaders(Http2Headers headers, boolean end) {
    if (closed || form != null) {
      return;
    }
    ByteBufAllocator allocator = connection.context().alloc();
    String status = String.valueOf(headers.status());
    if (tunnelProtocol != null && status.equals("101")) {
      agree(headers, tunnelProtocol);
      if (end) {
        finish();
      }
      return;
    }
    if (toConnect && status.startsWith("2")) {
      form = Http1Writer.BodyForm.UNTIL_CLOSE;
      headers.remove(HeaderNames.CONTENT_LENGTH);
      connection.write(Http1Writer.connected(allocator, headers));
      connection.tunnel();
      if (end) {
        finish();
      }
      return;
    }
    if (status.startsWith("1")) {
      if (http11) {
        connection.write(Http1Writer.informational(allocator, headers));
      }
      return;
    }
    Http1Writer.BodyForm chosen = choose(headers, status, end);
    form = chosen;
    keepAlive =
        clientKeepsAlive
            && chosen != Http1Writer.BodyForm.UNTIL_CLOSE
            && !connection.closesAfterResponse(status.charAt(0) > '2');
    connection.write(
        Http1Writer.response(allocator, headers, chosen, !keepAlive, keepAlive && !http11));
    if (end) {
      finish();
    }
  }

  private void agree(Http2Headers headers, CharSequence protocol) {
    if (webSocketKey != null && !headers.contains(HeaderNames.SEC_WEBSOCKET_ACCEPT)) {
      headers.set(HeaderNames.SEC_WEBSOCKET_ACCEPT, WebSocketKeys.accept(webSocketKey));
    }
    form = Http1Writer.BodyForm.UNTIL_CLOSE;
    keepAlive = false;
    connection.write(Http1Writer.switching(connection.context().alloc(), headers, protocol));
    connection.tunnel();
  }

  private Http1Writer.BodyForm choose(Http2Headers headers, String status, boolean end) {
    if (toHead || status.equals("204") || status.equals("304")) {
      return Http1Writer.BodyForm.ABSENT;
    }
    if (end) {
      headers.remove(HeaderNames.CONTENT_LENGTH);
      return Http1Writer.BodyForm.EMPTY;
    }
    long length = headers.getLong(HeaderNames.CONTENT_LENGTH, -1);
    if (length >= 0) {
      remaining = length;
      return Http1Writer.BodyForm.FIXED;
    }
    headers.remove(HeaderNames.CONTENT_LENGTH);
    return http11 ? Http1Writer.BodyForm.CHUNKED : Http1Writer.BodyForm.UNTIL_CLOSE;
  }

  @Override
  public void sendData(ByteBuf data, boolean end) {
    if (closed || halfEnded || form == null || form == Http1Writer.BodyForm.ABSENT) {
      data.release();
    } else {
      writeBody(form, data);
    }
    if (end && !closed) {
      sendEnd(EmptyHttp2Headers.INSTANCE);
    }
  }

  private void writeBody(Http1Writer.BodyForm as, ByteBuf data) {
    int size = data.readableBytes();
    if (size == 0) {
      data.release();
      return;
    }
    switch (as) {
      case CHUNKED -> {
        ByteBufAllocator allocator = connection.context().alloc();
        connection.write(Http1Writer.chunkHead(allocator, size));
        connection.write(data);
        connection.write(Http1Writer.chunkEnd(allocator));
      }
      case FIXED -> {
        if (size > remaining) {
          data.release();
          reset(ResetReason.INTERNAL);
          return;
        }
        remaining -= size;
        connection.write(data);
      }
      case UNTIL_CLOSE -> connection.write(data);
      case EMPTY, ABSENT, TUNNEL -> data.release();
    }
  }

  @Override
  public void sendTrailers(Http2Headers trailers) {
    if (!closed) {
      sendEnd(trailers);
    }
  }

  private void sendEnd(Http2Headers trailers) {
    if (form == Http1Writer.BodyForm.CHUNKED) {
      connection.write(Http1Writer.lastChunk(connection.context().alloc(), trailers));
    } else if (form == Http1Writer.BodyForm.FIXED && remaining > 0) {
      // Shorter than its head said: only a broken connection tells the client.
      reset(ResetReason.INTERNAL);
      return;
    }
    finish();
  }

  private void finish() {
    if (toConnect && form == Http1Writer.BodyForm.UNTIL_CLOSE && connection.endHalf()) {
      halfEnded = true;
      return;
    }
    closed = true;
    connection.responseEnded(this, keepAlive);
  }

  /** The client's half has ended as well. */
  void otherHalfEnded() {
    if (halfEnded && !closed) {
      closed = true;
      connection.responseEnded(this, false);
    }
  }

  @Override
  public boolean stillReceives() {
    return halfEnded && !closed;
  }

  @Override
  public void reset(ResetReason reason) {
    if (!closed) {
      closed = true;
      connection.abort(this, form == Http1Writer.BodyForm.UNTIL_CLOSE);
    }
  }

  @Override
  public boolean isWritable() {
    return connection.context().channel().isWritable();
  }

  @Override
  public void credit(int bytes) {
    connection.credited(bytes);
  }
}
