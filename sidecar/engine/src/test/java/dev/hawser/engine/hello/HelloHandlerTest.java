package dev.hawser.engine.hello;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HelloHandlerTest {
  private static final byte[] HELLO = new CraftedHello().sni("a.b").alpn("h2").bytes();
  private static final Detection FOUND = new Detection.Sni("a.b", List.of("h2"));

  private final List<Detection> detections = new ArrayList<>();
  private final ByteBuf passed = Unpooled.buffer();
  private @Nullable ChannelHandlerContext held;

  private EmbeddedChannel channel(boolean replayAtOnce) {
    return new EmbeddedChannel(
        new HelloHandler(
            Duration.ofSeconds(5),
            (ctx, detection) -> {
              detections.add(detection);
              held = ctx;
              ctx.pipeline().addLast(new Collector());
              if (replayAtOnce) {
                HelloHandler.replay(ctx);
              }
            }));
  }

  private final class Collector extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      ByteBuf bytes = (ByteBuf) msg;
      passed.writeBytes(bytes);
      bytes.release();
    }
  }

  private byte[] passedBytes() {
    return ByteBufUtil.getBytes(passed);
  }

  @Test
  void handsOnEveryByteInOrderAndLeavesThePipeline() {
    EmbeddedChannel channel = channel(true);
    for (byte b : HELLO) {
      channel.writeInbound(Unpooled.buffer().writeByte(b));
    }
    channel.writeInbound(Unpooled.copiedBuffer(new byte[] {9, 8, 7}));
    assertThat(detections).containsExactly(FOUND);
    assertThat(passedBytes()).startsWith(HELLO).endsWith((byte) 9, (byte) 8, (byte) 7);
    assertThat(channel.pipeline().get(HelloHandler.class)).isNull();
    assertThat(channel.config().isAutoRead()).isTrue();
    channel.finishAndReleaseAll();
  }

  @Test
  void whileTheDecisionIsPendingNothingIsReadAndLateBytesAreKept() {
    EmbeddedChannel channel = channel(false);
    channel.writeInbound(Unpooled.copiedBuffer(HELLO));
    assertThat(channel.config().isAutoRead()).isFalse();
    // A read that was under way when reading was switched off.
    channel.writeInbound(Unpooled.copiedBuffer(new byte[] {1, 2}));
    assertThat(passed.isReadable()).isFalse();
    HelloHandler.replay(Objects.requireNonNull(held));
    assertThat(passedBytes()).hasSize(HELLO.length + 2).startsWith(HELLO);
    assertThat(channel.config().isAutoRead()).isTrue();
    channel.finishAndReleaseAll();
  }

  @Test
  void whoSaysTooLittleIsDecidedAtTheTimeout() {
    EmbeddedChannel channel = channel(false);
    channel.writeInbound(Unpooled.copiedBuffer(HELLO, 0, 20));
    assertThat(detections).isEmpty();
    channel.advanceTimeBy(5, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(detections).containsExactly(Detection.INCOMPLETE);
    channel.finishAndReleaseAll();
  }

  @Test
  void whoGoesAwayIsDecidedOnceAndItsBytesAreReleased() {
    EmbeddedChannel channel = channel(false);
    ByteBuf part = Unpooled.copiedBuffer(HELLO, 0, 20);
    channel.writeInbound(part);
    var _ = channel.close();
    channel.advanceTimeBy(10, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(detections).containsExactly(Detection.INCOMPLETE);
    assertThat(part.refCnt()).isZero();
  }
}
