package dev.hawser.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;

/** Sends one request on an {@link Http1ClientConnection}. */
final class Http1ClientStream implements HttpStream {
  private final Http1ClientConnection connection;
  private final StreamListener listener;
  private Http1Writer.BodyForm form = Http1Writer.BodyForm.EMPTY;
  private long remaining;
  private boolean head;
  private boolean sent;
  private boolean closed;

  Http1ClientStream(Http1ClientConnection connection, StreamListener listener) {
    this.connection = connection;
    this.listener = listener;
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

  /** The exchange is over; later calls do nothing. */
  void end() {
    closed = true;
  }

  void fail(StreamFailure failure) {
    if (!closed) {
      closed = true;
      listener.onReset(failure);
    }
  }

  @Override
  public void sendHeaders(Http2Headers headers, boolean end) {
    if (closed) {
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
      connection.abandon(this);
    }
  }

  @Override
  public boolean isWritable() {
    return connection.context().channel().isWritable();
  }

  @Override
  public void credit(int bytes) {
    connection.credit(this, bytes);
  }
}
