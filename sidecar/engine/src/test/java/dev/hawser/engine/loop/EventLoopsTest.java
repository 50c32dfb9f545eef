package dev.hawser.engine.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
}
