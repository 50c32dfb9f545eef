package dev.hawser.bench.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.bench.load.ConnectionLoad;
import dev.hawser.bench.load.LoadResult;
import dev.hawser.bench.load.Target;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.testing.TestAuthority;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class BackendsTest {
  /** Not that of a run, so that both can be at the same time. */
  private static final String HOST = "127.77.9.1";

  private static final int HEAD = Answers.http1(0).readableBytes() + "1024".length() - 1;

  @Test
  void aRequestIsAnsweredWhenItsHeadHasEndedHoweverItIsCut() {
    EmbeddedChannel channel = new EmbeddedChannel(new Http1Backend());
    for (byte value : "GET / HTTP/1.1\r\nhost: a\r\n\r".getBytes(StandardCharsets.US_ASCII)) {
      channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {value}));
    }

    assertThat(channel.outboundMessages()).isEmpty();

    channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {'\n'}));

    assertThat(answer(channel)).isEqualTo(HEAD + Answers.SMALL);
    assertThat(channel.finish()).isFalse();
  }

  @Test
  void thePathChoosesTheAnswer() {
    EmbeddedChannel channel = new EmbeddedChannel(new Http1Backend());
    channel.writeInbound(
        Unpooled.copiedBuffer(
            "GET / HTTP/1.1\r\n\r\nGET /1m HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII));

    assertThat(answer(channel)).isEqualTo(HEAD + Answers.SMALL);
    assertThat(answer(channel)).isGreaterThan(Answers.LARGE);
    assertThat(channel.finish()).isFalse();
  }

  private static int answer(EmbeddedChannel channel) {
    ByteBuf answer = channel.readOutbound();
    return answer == null ? 0 : answer.readableBytes();
  }

  @Test
  void connectionsWithMutualTlsAreWholeOnesOrResumedOnesAsAsked() throws Exception {
    TestAuthority authority = TestAuthority.create();
    Svid app = authority.workload("east", "bench", "app");
    Svid web = authority.workload("east", "bench", "web");
    Target target = new Target(HOST, Backends.MUTUAL_TLS, "app", true);
    try (Backends _ = Backends.start(HOST, app, authority.root().certificate())) {
      LoadResult whole = ConnectionLoad.mutual(web, app, false).run(target, Duration.ofSeconds(4));
      LoadResult resumed = ConnectionLoad.mutual(web, app, true).run(target, Duration.ofSeconds(4));
      LoadResult stranger =
          ConnectionLoad.mutual(web, web, false).run(target, Duration.ofSeconds(1));

      assertThat(whole.failures()).isEmpty();
      assertThat(whole.done()).isPositive();
      assertThat(whole.bytes()).isEqualTo(whole.done() * (HEAD + Answers.SMALL));
      assertThat(resumed.failures()).isEmpty();
      assertThat(resumed.done()).isPositive();
      assertThat(stranger.done()).isZero();
      assertThat(stranger.failures()).isNotEmpty();
    }
  }
}
