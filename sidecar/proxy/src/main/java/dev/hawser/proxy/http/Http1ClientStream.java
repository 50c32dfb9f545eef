package dev.hawser.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Sends one request on an {@link Http1ClientConnection}. */
final class Http1ClientStream implements HttpStream {
  private final Http1ClientConnection connection;
  private final StreamListener listener;
  private Http1Writer.BodyForm form = Http1Writer.BodyForm.EMPTY;
  private long remaining;
  private boolean head;
  private boolean sent;
  private boolean closed;
  private @Nullable Tunnel tunnel;

  Http1ClientStream(Http1ClientConnection connection, StreamListener listener) {
    this.connection = connection;
    this.listener = listener;
  }

  /**
   * What belongs to a request to go on with another protocol. Nothing of that protocol is written
   * before the application has agreed, or it could be taken for the next request.
   */
  private static final class Tunnel {
    private final CharSequence protocol;
    private final @Nullable AsciiString expectedAccept;
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>();
    private boolean open;

    Tunnel(CharSequence protocol, @Nullable AsciiString expectedAccept) {
      this.protocol = protocol;
      this.expectedAccept = expectedAccept;
    }

    void drop() {
      early.forEach(ByteBuf::release);
      early.clear();
    }
  }

  StreamListener listener() {
    return listener;
  }

  /** Whether the request is a HEAD, whose response has no body. */
  boolean isHead() {
    return head;
  }

  /** Whether the whole request has been written. */
  boolean isSent() {
    return sent;
  }

  /** Returns the protocol that the request asks for, or null. */
  @Nullable CharSequence tunnelProtocol() {
    return tunnel == null ? null : tunnel.protocol;
  }

  /** The exchange is over; later calls do nothing. */
  void end() {
    closed = true;
    dropEarly();
  }

  void fail(StreamFailure failure) {
    if (!closed) {
      closed = true;
      dropEarly();
      listener.onReset(failure);
    }
  }

  private void dropEarly() {
    if (tunnel != null) {
      tunnel.drop();
    }
  }

  @Override
  public void sendHeaders(Http2Headers headers, boolean end) {
    if (closed) {
      return;
    }
    CharSequence protocol = headers.get(HeaderRules.PROTOCOL);
    if (protocol != null) {
      ask(headers, protocol);
      sent = end;
      return;
    }
    head = AsciiString.contentEquals("HEAD", headers.method());
    if (end) {
      sent = true;
      // A length without a body would make the application wait for bytes of the next request.
      headers.remove(HeaderNames.CONTENT_LENGTH);
    } else {
      remaining = headers.getLong(HeaderNames.CONTENT_LENGTH, -1);
      form = remaining >= 0 ? Http1Writer.BodyForm.FIXED : Http1Writer.BodyForm.CHUNKED;
    }
    connection.write(Http1Writer.request(connection.context().alloc(), headers, form));
  }

  private void ask(Http2Headers headers, CharSequence protocol) {
    AsciiString expected = null;
    boolean keyWanted =
        AsciiString.contentEqualsIgnoreCase(protocol, WebSocketKeys.WEBSOCKET)
            && !headers.contains(HeaderNames.SEC_WEBSOCKET_KEY);
    if (keyWanted) {
      AsciiString key = WebSocketKeys.key(connection.worker().random());
      expected = WebSocketKeys.accept(key);
      headers.set(HeaderNames.SEC_WEBSOCKET_KEY, key);
    }
    form = Http1Writer.BodyForm.TUNNEL;
    tunnel = new Tunnel(protocol, expected);
    connection.useOnce();
    connection.write(Http1Writer.request(connection.context().alloc(), headers, form));
    if (keyWanted) {
      headers.remove(HeaderNames.SEC_WEBSOCKET_KEY);
    }
  }

  /** The application goes on with the other protocol. */
  void agreed(Http2Headers response) throws BadMessageException {
    Tunnel present = tunnel;
    if (present == null) {
      return;
    }
    if (present.expectedAccept != null) {
      CharSequence accept = response.get(HeaderNames.SEC_WEBSOCKET_ACCEPT);
      if (accept == null || !present.expectedAccept.contentEquals(accept)) {
        throw new BadMessageException(502, "Sec-WebSocket-Accept does not answer the key");
      }
      response.remove(HeaderNames.SEC_WEBSOCKET_ACCEPT);
    }
    present.open = true;
    for (ByteBuf bytes = present.early.poll(); bytes != null; bytes = present.early.poll()) {
      connection.write(bytes);
    }
    if (sent) {
      connection.endOutput();
    }
  }

  @Override
  public void sendData(ByteBuf data, boolean end) {
    int size = data.readableBytes();
    if (closed || size == 0) {
      data.release();
    } else if (form == Http1Writer.BodyForm.CHUNKED) {
      ByteBufAllocator allocator = connection.context().alloc();
      connection.write(Http1Writer.chunkHead(allocator, size));
      connection.write(data);
      connection.write(Http1Writer.chunkEnd(allocator));
    } else if (tunnel != null) {
      if (tunnel.open) {
        connection.write(data);
      } else {
        tunnel.early.add(data);
      }
    } else if (size > remaining) {
      data.release();
      reset(ResetReason.INTERNAL);
    } else {
      remaining -= size;
      connection.write(data);
    }
    if (end && !closed) {
      sendEnd(EmptyHttp2Headers.INSTANCE);
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
    } else if (tunnel != null) {
      if (tunnel.open && !sent) {
        connection.endOutput();
      }
    } else if (remaining > 0) {
      // Shorter than its head said: the application must not take it for whole.
      reset(ResetReason.INTERNAL);
      return;
    }
    sent = true;
  }

  @Override
  public void reset(ResetReason reason) {
    if (!closed) {
      closed = true;
      dropEarly();
      connection.abandon(this);
    }
  }

  @Override
  public boolean isWritable() {
    return (tunnel == null || tunnel.open) && connection.context().channel().isWritable();
  }

  @Override
  public void credit(int bytes) {
    connection.credit(this, bytes);
  }
}
