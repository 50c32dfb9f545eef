package dev.hawser.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.loop.ListenOptions;
import dev.hawser.engine.loop.Listener;
import dev.hawser.engine.loop.ReadSize;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ResetBrakeTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Deals with what was read as if it held resets, and notes how much it was. */
  private static final class Resetting extends ChannelInboundHandlerAdapter {
    private final ResetBrake brake = new ResetBrake(0);
    private final BlockingQueue<Integer> sizes;
    private final int resets;

    Resetting(BlockingQueue<Integer> sizes, int resets) {
      this.sizes = sizes;
      this.resets = resets;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      ByteBuf bytes = (ByteBuf) msg;
      sizes.add(bytes.readableBytes());
      brake.read(bytes.readableBytes());
      bytes.release();
      for (int i = 0; i < resets; i++) {
        brake.count(true);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ReadSize.bound(ctx.channel(), brake.afterRead());
    }
  }

  private static int second(int resets) throws IOException, InterruptedException {
    BlockingQueue<Integer> sizes = new LinkedBlockingQueue<>();
    ChannelInitializer<Channel> child =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new Resetting(sizes, resets));
          }
        };
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (EventLoops loops = EventLoops.start(new EventLoops.Options(1, true, "brake-test"));
        Listener listener = loops.listen(any, ListenOptions.defaults(), child);
        Socket socket = new Socket(listener.address().getAddress(), listener.address().getPort())) {
      socket.getOutputStream().write(new byte[10_000]);
      sizes.take();
      socket.getOutputStream().write(new byte[100_000]);
      return sizes.take();
    }
  }

  @Test
  void whoResetsInNumbersIsReadInSmallPieces() throws Exception {
    assertThat(second(20)).isEqualTo(4000);
    assertThat(second(1000)).isEqualTo(1024);
  }

  @Test
  void whoResetsAFewIsReadAsUsual() throws Exception {
    assertThat(second(16)).isGreaterThan(4096);
  }

  private static long rest(ResetBrake brake, int resets, long now) {
    for (int i = 0; i < resets; i++) {
      brake.count(true);
    }
    long rest = brake.restNanos(now);
    brake.afterRead();
    return rest;
  }

  @Test
  void whoResetsMoreThanIsBorneRestsUntilItIsEarned() {
    ResetBrake brake = new ResetBrake(100);
    long start = System.nanoTime();

    assertThat(rest(brake, 500, start)).isLessThan(SECOND / 10);
    assertThat(rest(brake, 100, start)).isBetween(SECOND * 9 / 10, SECOND);
    assertThat(rest(brake, 0, start + SECOND)).isZero();
    assertThat(rest(brake, 100_000, start + SECOND)).isEqualTo(5 * SECOND);
    // However long it was calm, no more than 500 at once.
    assertThat(rest(brake, 600, start + 1000 * SECOND)).isEqualTo(SECOND);
  }

  @Test
  void nobodyRestsForWhatItsUpstreamDid() {
    ResetBrake brake = new ResetBrake(100);
    for (int i = 0; i < 100_000; i++) {
      brake.count(false);
    }
    assertThat(brake.restNanos(System.nanoTime())).isZero();
  }

  @Test
  void whoeverMayResetAnyNumberNeverRests() {
    assertThat(rest(new ResetBrake(0), 100_000, System.nanoTime())).isZero();
  }
}
