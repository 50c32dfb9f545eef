package dev.hawser.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class Http1ClientConnectionTest {
  /** More than may be on its way through us. */
  private static final int LARGE = 200_000;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private Http1ClientConnection connection;

  @BeforeEach
  void connect() {
    connection =
        new Http1ClientConnection(
            new Worker(0, channel.eventLoop()), HttpLimits.defaults(), new Unobserved());
    channel.pipeline().addLast(connection);
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void connectionIsReadAgainAfterAResponseThatWasStillOnItsWayWhenItEnded() {
    Answer first = ask();
    channel.writeInbound(head(LARGE), Unpooled.buffer(LARGE).writeZero(LARGE));
    assertThat(first.bytes).isEqualTo(LARGE);
    assertThat(first.ended).isTrue();
    assertThat(channel.config().isAutoRead()).isTrue();

    Answer second = ask();
    channel.writeInbound(head(0));
    assertThat(second.ended).isTrue();
  }

  @Test
  void connectionIsNotReadWhileTooMuchIsOnItsWay() {
    Answer answer = ask();
    channel.writeInbound(head(2 * LARGE), Unpooled.buffer(LARGE).writeZero(LARGE));
    assertThat(channel.config().isAutoRead()).isFalse();

    answer.stream.credit(LARGE);
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  private Answer ask() {
    Answer answer = new Answer(connection);
    answer.stream.sendHeaders(
        new DefaultHttp2Headers().method("GET").path("/").authority("orders").scheme("http"), true);
    return answer;
  }

  private static ByteBuf head(int length) {
    return Unpooled.copiedBuffer(
        "HTTP/1.1 200 OK\r\ncontent-length: " + length + "\r\n\r\n", StandardCharsets.US_ASCII);
  }

  private static final class Answer implements StreamListener {
    private final HttpStream stream;
    private int bytes;
    private boolean ended;

    Answer(Http1ClientConnection connection) {
      stream = connection.open(this);
    }

    @Override
    public void onHeaders(Http2Headers headers, boolean end) {
      ended = end;
    }

    @Override
    public void onData(ByteBuf data, boolean end) {
      bytes += data.readableBytes();
      data.release();
      ended = end;
    }

    @Override
    public void onTrailers(Http2Headers trailers) {
      ended = true;
    }

    @Override
    public void onWritable() {}

    @Override
    public void onReset(StreamFailure failure) {
      throw new AssertionError(failure.toString());
    }
  }

  private static final class Unobserved implements ClientConnection.Observer {
    @Override
    public void onSpare(ClientConnection connection) {}

    @Override
    public void onRetired(ClientConnection connection) {}

    @Override
    public void onClosed(ClientConnection connection, StreamFailure cause) {}
  }
}
