package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import io.grpc.Attributes;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One HTTP/2 connection that many callers share, and what their giving up does to it. */
class SharedConnectionTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int AT_ONCE = 27;

  /** The number of resets after which the proxy makes another connection. */
  private static final int MOST = 1000;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();
  private final BlockingQueue<StreamObserver<byte[]>> waiting = new LinkedBlockingQueue<>();
  private int port;

  @BeforeEach
  void start() throws IOException {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addTransportFilter(new Counter())
            .addService(service())
            .build()
            .start();
    open.addLast(server::shutdownNow);
    TestProxy proxy =
        new TestProxy(TestAuthority.create(), "east", "web", 1, HttpLimits.defaults());
    open.addFirst(proxy);
    port = FreePorts.next();
    proxy
        .plane()
        .upstreams()
        .configure(Configs.application("app", UpstreamConfig.Protocol.HTTP2, server.getPort()));
    proxy.plane().routes().put(Configs.routes("app", "app", Duration.ZERO, RetryRule.none()));
    proxy
        .plane()
        .listeners()
        .put(Configs.plain(port, Configs.http(new ListenerConfig.Routes.Named("app"), false)));
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private final class Counter extends ServerTransportFilter {
    @Override
    public Attributes transportReady(Attributes attributes) {
      connections.incrementAndGet();
      return attributes;
    }

    @Override
    public void transportTerminated(Attributes attributes) {
      ended.incrementAndGet();
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private ServerServiceDefinition service() {
    MethodDescriptor<byte[], byte[]> wait =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("test.Waiting/Wait")
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();
    return ServerServiceDefinition.builder("test.Waiting")
        .addMethod(
            wait,
            ServerCalls.asyncUnaryCall((_, reply) -> {
              if (reply instanceof ServerCallStreamObserver<byte[]> call) {
                call.setOnCancelHandler(cancelled::incrementAndGet);
              }
              // Counted first: who takes the call from the queue may ask for the number at once.
              begun.incrementAndGet();
              waiting.add(reply);
            }))
        .build();
  }

  /** Begins a call that the server does not answer yet. */
  private Socket call() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    open.addFirst(socket);
    socket.setSoTimeout(20_000);
    socket
        .getOutputStream()
        .write(
            ("POST /test.Waiting/Wait HTTP/1.1\r\nhost: app\r\nte: trailers\r\n"
                    + "content-type: application/grpc\r\ncontent-length: 5\r\n\r\n\0\0\0\0\0")
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /** Has so many callers give up on calls that the server has begun with. */
  private void giveUp(int calls) throws Exception {
    int before = cancelled.get();
    for (int left = calls; left > 0; left -= AT_ONCE) {
      int now = Math.min(left, AT_ONCE);
      int target = begun.get() + now;
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < now; i++) {
        sockets.add(call());
      }
      await().atMost(LONG).pollInterval(Duration.ofMillis(5)).until(() -> begun.get() == target);
      for (Socket socket : sockets) {
        open.remove(socket);
        socket.close();
      }
      int done = before + calls - left + now;
      await().atMost(LONG).pollInterval(Duration.ofMillis(5)).until(() -> cancelled.get() == done);
    }
    waiting.clear();
  }

  private void answer(StreamObserver<byte[]> reply) {
    reply.onNext(new byte[0]);
    reply.onCompleted();
  }

  /** Makes a call and has it answered. */
  private void succeed() throws Exception {
    Socket socket = call();
    answer(waiting.poll(20, TimeUnit.SECONDS));
    assertThat(status(socket)).isEqualTo("HTTP/1.1 200");
  }

  private static String status(Socket socket) throws IOException {
    return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
  }

  @Test
  void givesItsPlaceUpAfterAThousandResetsAndEndsWhenWhatIsUnderWayHas() throws Exception {
    succeed();
    Socket held = call();
    StreamObserver<byte[]> reply = waiting.poll(20, TimeUnit.SECONDS);

    giveUp(MOST - 1);
    succeed();
    assertThat(connections).as("one reset is left").hasValue(1);

    giveUp(1);
    await().atMost(LONG).until(() -> connections.get() == 2);
    succeed();
    assertThat(ended).as("a call is under way on the first").hasValue(0);

    answer(reply);
    assertThat(status(held)).isEqualTo("HTTP/1.1 200");
    await().atMost(LONG).until(() -> ended.get() == 1);
    succeed();
    assertThat(connections).hasValue(2);
  }
}
