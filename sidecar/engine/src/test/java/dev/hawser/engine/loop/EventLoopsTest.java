package dev.hawser.engine.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventLoopsTest {
  private final Set<Channel> accepted = ConcurrentHashMap.newKeySet();

  private final ChannelInitializer<Channel> recorder =
      new ChannelInitializer<>() {
        @Override
        protected void initChannel(Channel channel) {
          accepted.add(channel);
        }
      };

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  @ParameterizedTest(name = "epoll={0}")
  @ValueSource(booleans = {true, false})
  void connectionsAreSpreadOverTheWorkers(boolean epoll) throws Exception {
    try (EventLoops loops = EventLoops.start(new EventLoops.Options(2, epoll, "loop-test"));
        Listener listener = loops.listen(anyPort(), ListenOptions.defaults(), recorder)) {
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        sockets.add(new Socket(listener.address().getAddress(), listener.address().getPort()));
      }
      await().until(() -> accepted.size() == 8);
      assertThat(accepted.stream().map(Channel::eventLoop).distinct()).hasSize(2);
      assertThat(loops.workers()).hasSize(2);
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @ParameterizedTest(name = "epoll={0}")
  @ValueSource(booleans = {true, false})
  void aListenerThatStoppedAcceptingRefusesNewOnesAndKeepsTheOld(boolean epoll) throws Exception {
    try (EventLoops loops = EventLoops.start(new EventLoops.Options(2, epoll, "loop-test"))) {
      Listener listener =
          loops.listen(anyPort(), ListenOptions.defaults().withReusePort(true), recorder);
      InetSocketAddress address = listener.address();
      try (Socket old = new Socket(address.getAddress(), address.getPort())) {
        await().until(() -> accepted.size() == 1);
        listener.stopAccepting();
        // With NIO the kernel's socket is closed by the next turn of the selector.
        await()
            .untilAsserted(() ->
                assertThatThrownBy(
                        () -> new Socket(address.getAddress(), address.getPort()).close())
                    .isInstanceOf(IOException.class));
        assertThat(accepted.iterator().next().isActive()).isTrue();
        assertThat(old.isConnected()).isTrue();
      }
    }
  }

  @ParameterizedTest(name = "epoll={0}")
  @ValueSource(booleans = {true, false})
  void anAddressInUseIsNamed(boolean epoll) throws Exception {
    try (EventLoops loops = EventLoops.start(new EventLoops.Options(1, epoll, "loop-test"));
        Listener listener = loops.listen(anyPort(), ListenOptions.defaults(), recorder)) {
      assertThatThrownBy(() -> loops.listen(listener.address(), ListenOptions.defaults(), recorder))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot bind")
          .hasMessageContaining(String.valueOf(listener.address().getPort()));
    }
  }

  @ParameterizedTest(name = "epoll={0}")
  @ValueSource(booleans = {true, false})
  void namesAreLookedUpAndNumbersAreNot(boolean epoll) throws Exception {
    try (EventLoops loops = EventLoops.start(new EventLoops.Options(1, epoll, "loop-test"));
        Listener listener = loops.listen(anyPort(), ListenOptions.defaults(), recorder)) {
      int port = listener.address().getPort();
      for (String host : List.of("localhost", "127.0.0.1")) {
        var connecting =
            loops
                .client(loops.next(), ClientOptions.defaults())
                .handler(recorder)
                .connect(InetSocketAddress.createUnresolved(host, port));
        assertThat(connecting.await(5_000)).isTrue();
        assertThat(connecting.isSuccess()).as(host).isTrue();
      }
      var unknown =
          loops
              .client(loops.next(), ClientOptions.defaults())
              .handler(recorder)
              .connect(InetSocketAddress.createUnresolved("no-such-host.invalid", port));
      assertThat(unknown.await(10_000)).isTrue();
      assertThat(unknown.cause()).isInstanceOf(UnknownHostException.class);
    }
  }

  @ParameterizedTest(name = "epoll={0}")
  @ValueSource(booleans = {true, false})
  void aReadHoldsAsMuchAsItsChannelIsGiven(boolean epoll) throws Exception {
    BlockingQueue<Integer> sizes = new LinkedBlockingQueue<>();
    ChannelInitializer<Channel> reader =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            accepted.add(channel);
            channel.pipeline().addLast(new SizeReader(sizes));
          }
        };
    try (EventLoops loops = EventLoops.start(new EventLoops.Options(1, epoll, "loop-test"));
        Listener listener =
            loops.listen(anyPort(), ListenOptions.defaults().withAutoRead(false), reader);
        Socket socket = new Socket(listener.address().getAddress(), listener.address().getPort())) {
      socket.getOutputStream().write(new byte[50_000]);
      await().until(() -> accepted.size() == 1);
      Channel channel = accepted.iterator().next();

      List<Integer> seen = new ArrayList<>();
      for (int bound : List.of(100, 2000, Integer.MAX_VALUE)) {
        channel.eventLoop().submit(() -> ReadSize.bound(channel, bound)).sync();
        channel.read();
        seen.add(sizes.take());
      }

      assertThat(seen.subList(0, 2)).containsExactly(100, 2000);
      assertThat(seen.get(2)).isGreaterThan(2000);
      assertThat(sizes).as("one read in a turn").isEmpty();
    }
  }

  private static final class SizeReader extends ChannelInboundHandlerAdapter {
    private final BlockingQueue<Integer> sizes;

    SizeReader(BlockingQueue<Integer> sizes) {
      this.sizes = sizes;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      ByteBuf bytes = (ByteBuf) msg;
      sizes.add(bytes.readableBytes());
      bytes.release();
    }
  }
}
