package dev.hawser.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A request whose response is whole before the request is. */
class Http1ServerConnectionTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<Request> requests = new ArrayList<>();

  @BeforeEach
  void accept() {
    channel
        .pipeline()
        .addLast(
            new Http1ServerConnection(
                new Worker(0, channel.eventLoop()), HttpLimits.defaults(), new Acceptor()));
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void whoeverIsRefusedBeforeTheRequestIsWholeIsToldThatTheConnectionEnds() {
    say("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc");
    requests.getFirst().answer("413");
    assertThat(heard()).startsWith("HTTP/1.1 413 ").contains("\r\nconnection: close\r\n");

    say("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    assertThat(requests).hasSize(1);
    assertThat(heard()).isEmpty();
  }

  @Test
  void whoeverIsRefusedAfterTheRequestIsWholeKeepsTheConnection() {
    say("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc");
    requests.getFirst().answer("413");
    assertThat(heard()).startsWith("HTTP/1.1 413 ").doesNotContain("connection:");

    say("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    assertThat(requests).hasSize(2);
  }

  @Test
  void whoeverIsServedBeforeTheRequestIsWholeKeepsTheConnection() {
    say("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n");
    requests.getFirst().answer("200");
    assertThat(heard()).startsWith("HTTP/1.1 200 ").doesNotContain("connection:");

    say("3\r\ndef\r\n0\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n");
    assertThat(requests).hasSize(2);
    requests.getLast().answer("200");
    assertThat(heard()).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void noMoreThanABoundedRestIsTaken() {
    say("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 400000\r\n\r\n");
    requests.getFirst().answer("200");
    heard();
    say("x".repeat(300_000));
    say("x".repeat(100_000) + "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    assertThat(requests).hasSize(1);
    assertThat(heard()).isEmpty();
  }

  @Test
  void brokenRestIsNotAnsweredASecondTime() {
    say("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n");
    requests.getFirst().answer("200");
    heard();
    say("three\r\n");
    assertThat(heard()).isEmpty();
    say("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    assertThat(requests).hasSize(1);
  }

  private void say(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  private String heard() {
    channel.runPendingTasks();
    StringBuilder text = new StringBuilder();
    ByteBuf part = channel.readOutbound();
    while (part != null) {
      text.append(part.toString(StandardCharsets.US_ASCII));
      part.release();
      part = channel.readOutbound();
    }
    return text.toString();
  }

  private final class Acceptor implements RequestAcceptor {
    @Override
    public HttpEdge edge() {
      return HttpEdge.DEFAULT;
    }

    @Override
    public StreamListener accept(HttpStream stream, String protocol) {
      Request request = new Request(stream);
      requests.add(request);
      return request;
    }

    @Override
    public void onBadRequest(int status, String reason, String protocol) {}
  }

  private record Request(HttpStream stream) implements StreamListener {
    void answer(String status) {
      stream.sendHeaders(new DefaultHttp2Headers(false).status(status), true);
    }

    @Override
    public void onHeaders(Http2Headers headers, boolean end) {}

    @Override
    public void onData(ByteBuf data, boolean end) {
      data.release();
    }

    @Override
    public void onTrailers(Http2Headers trailers) {}

    @Override
    public void onWritable() {}

    @Override
    public void onReset(StreamFailure failure) {}
  }
}
