package dev.hawser.engine.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hawser.engine.loop.ClientOptions;
import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.loop.ListenOptions;
import dev.hawser.engine.loop.Listener;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelayTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final int MEGABYTE = 1024 * 1024;

  private final LinkedBlockingQueue<RelayResult> results = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<Relay> relays = new LinkedBlockingQueue<>();
  private final AtomicLong metered = new AtomicLong();
  private final List<Closeable> open = new ArrayList<>();
  private Socket client = new Socket();
  private Socket server = new Socket();

  /** Starts client → relay → server with the given transport. */
  private void connect(boolean epoll, Duration idle) throws Exception {
    EventLoops loops = EventLoops.start(new EventLoops.Options(2, epoll, "relay-test"));
    open.add(loops::close);
    assertThat(loops.transport())
        .isEqualTo(epoll ? EventLoops.Transport.EPOLL : EventLoops.Transport.NIO);
    ServerSocket backend = new ServerSocket(0, 50, LOOPBACK);
    open.add(backend);
    var target = new InetSocketAddress(LOOPBACK, backend.getLocalPort());
    RelayOptions options = new RelayOptions(idle, (_, bytes) -> metered.addAndGet(bytes));
    Listener listener =
        loops.listen(
            new InetSocketAddress(LOOPBACK, 0),
            ListenOptions.defaults().withHalfClosure(true).withAutoRead(false),
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel a) {
                loops
                    .client(
                        a.eventLoop(),
                        ClientOptions.defaults().withHalfClosure(true).withAutoRead(false))
                    .handler(
                        new ChannelInitializer<Channel>() {
                          @Override
                          protected void initChannel(Channel b) {}
                        })
                    .connect(target)
                    .addListener((ChannelFuture f) ->
                        relays.add(Relay.splice(a, f.channel(), options, results::add)));
              }
            });
    open.add(listener::close);
    client = new Socket(LOOPBACK, listener.address().getPort());
    client.setSoTimeout(10_000);
    server = backend.accept();
    server.setSoTimeout(10_000);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
    for (Closeable one : open.reversed()) {
      one.close();
    }
  }

  private RelayResult result() throws InterruptedException {
    RelayResult result = results.poll(10, TimeUnit.SECONDS);
    assertThat(result).as("the relay has ended").isNotNull();
    return result;
  }

  @ParameterizedTest(name = "epoll={0}")
  @ValueSource(booleans = {true, false})
  void bytesPassUnchangedBothWaysAndAreCounted(boolean epoll) throws Exception {
    connect(epoll, Duration.ofMinutes(1));
    byte[] up = new byte[8 * MEGABYTE];
    byte[] down = new byte[3 * MEGABYTE];
    new Random(1).nextBytes(up);
    new Random(2).nextBytes(down);
    var received = CompletableFuture.supplyAsync(() -> drain(server));
    CompletableFuture<Void> answered =
        received.thenAccept(_ -> {
          try {
            server.getOutputStream().write(down);
            server.shutdownOutput();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
    client.getOutputStream().write(up);
    client.shutdownOutput();
    assertThat(Arrays.equals(drain(client), down)).isTrue();
    answered.get(10, TimeUnit.SECONDS);
    assertThat(Arrays.equals(received.get(10, TimeUnit.SECONDS), up)).isTrue();
    RelayResult result = result();
    assertThat(result.ending()).isEqualTo(RelayResult.Ending.COMPLETE);
    assertThat(result.bytesAToB()).isEqualTo(up.length);
    assertThat(result.bytesBToA()).isEqualTo(down.length);
    assertThat(metered).hasValue(up.length + down.length);
  }

  @ParameterizedTest(name = "epoll={0}")
  @ValueSource(booleans = {true, false})
  void anEndOfOneSideLeavesTheWayBackOpen(boolean epoll) throws Exception {
    connect(epoll, Duration.ofMinutes(1));
    client.getOutputStream().write("question".getBytes(UTF_8));
    client.shutdownOutput();
    assertThat(new String(drain(server), UTF_8)).isEqualTo("question");
    // The server has seen the end and still may take its time to answer.
    server.getOutputStream().write("ans".getBytes(UTF_8));
    assertThat(new String(client.getInputStream().readNBytes(3), UTF_8)).isEqualTo("ans");
    server.getOutputStream().write("wer".getBytes(UTF_8));
    server.close();
    assertThat(new String(drain(client), UTF_8)).isEqualTo("wer");
    assertThat(result().ending()).isEqualTo(RelayResult.Ending.COMPLETE);
  }

  @ParameterizedTest(name = "epoll={0}")
  @ValueSource(booleans = {true, false})
  void aSideThatDoesNotReadStopsTheOtherAndNothingPilesUp(boolean epoll) throws Exception {
    connect(epoll, Duration.ofMinutes(1));
    long total = 256L * MEGABYTE;
    var sent = new AtomicLong();
    Thread sender =
        Thread.ofVirtual()
            .start(() -> {
              byte[] piece = new byte[64 * 1024];
              try {
                while (sent.get() < total) {
                  client.getOutputStream().write(piece);
                  sent.addAndGet(piece.length);
                }
                client.shutdownOutput();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> {
          long before = sent.get();
          TimeUnit.MILLISECONDS.sleep(300);
          return before > 0 && sent.get() == before;
        });
    // Only the kernel's socket buffers and one burst of ours were filled.
    assertThat(sent.get()).isLessThan(64L * MEGABYTE);
    long passed = 0;
    byte[] piece = new byte[64 * 1024];
    InputStream in = server.getInputStream();
    for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
      passed += n;
    }
    sender.join();
    assertThat(passed).isEqualTo(total);
  }

  @ParameterizedTest(name = "epoll={0}")
  @ValueSource(booleans = {true, false})
  void aResetIsPassedOnAsAResetNotAsAnEnd(boolean epoll) throws Exception {
    connect(epoll, Duration.ofMinutes(1));
    server.getOutputStream().write("half of an ans".getBytes(UTF_8));
    client.getInputStream().readNBytes(14);
    server.setSoLinger(true, 0);
    server.close();
    assertThatThrownBy(() -> drain(client)).hasMessageContaining("reset");
    assertThat(result().ending()).isEqualTo(RelayResult.Ending.RESET_BY_B);
  }

  @ParameterizedTest(name = "epoll={0}")
  @ValueSource(booleans = {true, false})
  void aRelayWithoutTrafficIsCut(boolean epoll) throws Exception {
    connect(epoll, Duration.ofMillis(300));
    for (int i = 0; i < 5; i++) {
      client.getOutputStream().write('x');
      assertThat(server.getInputStream().read()).isEqualTo('x');
      TimeUnit.MILLISECONDS.sleep(100);
    }
    assertThat(results).isEmpty();
    RelayResult result = result();
    assertThat(result.ending()).isEqualTo(RelayResult.Ending.IDLE);
    assertThat(result.bytesAToB()).isEqualTo(5);
  }

  @ParameterizedTest(name = "epoll={0}")
  @ValueSource(booleans = {true, false})
  void aCutFromAnotherThreadResetsBothSides(boolean epoll) throws Exception {
    connect(epoll, Duration.ofMinutes(1));
    client.getOutputStream().write('x');
    assertThat(server.getInputStream().read()).isEqualTo('x');
    relays.take().cut("slot withdrawn");
    assertThatThrownBy(() -> drain(client)).hasMessageContaining("reset");
    assertThatThrownBy(() -> drain(server)).hasMessageContaining("reset");
    RelayResult result = result();
    assertThat(result.ending()).isEqualTo(RelayResult.Ending.CUT);
    assertThat(result.detail()).isEqualTo("slot withdrawn");
  }

  private static byte[] drain(Socket socket) {
    try {
      return socket.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
