package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import io.netty.util.ResourceLeakDetector;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a request costs, in what does not swing with the machine: octets that an event loop
 * allocates and how often it goes to sleep. A hop between threads, or an object more for each
 * request, shows here.
 */
class CostTest {
  private static final int REQUESTS = 3000;
  private static final byte[] REQUEST =
      "GET /1k HTTP/1.1\r\nhost: app.shop\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ANSWER = answer();

  private final List<AutoCloseable> open = new ArrayList<>();
  private final TestAuthority authority = TestAuthority.create();
  private ResourceLeakDetector.Level before;
  private ServerSocket application;

  @BeforeEach
  void start() throws IOException {
    before = ResourceLeakDetector.getLevel();
    // As in production; it allocates for each buffer.
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    application = keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.ofPlatform().daemon().start(this::serve);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
    ResourceLeakDetector.setLevel(before);
  }

  private <T extends AutoCloseable> T keep(T one) {
    open.addFirst(one);
    return one;
  }

  private TestProxy proxy(String account) throws IOException {
    return keep(new TestProxy(authority, "east", account, 1, HttpLimits.defaults()));
  }

  @Test
  void oneProxyWithoutTls() throws Exception {
    TestProxy proxy = proxy("alone");
    proxy
        .plane()
        .upstreams()
        .configure(
            Configs.application("app", UpstreamConfig.Protocol.HTTP1, application.getLocalPort()));
    int port = FreePorts.next();
    proxy.plane().listeners().put(Envoys.listener(port, "app"));

    Cost cost = measure(port, "proxy-alone");
    System.out.println("COST one proxy, HTTP/1.1: " + cost);
    assertThat(cost.octets()).isLessThan(4_500);
    assertThat(cost.sleeps()).isLessThan(2.5);
  }

  @Test
  void twoProxiesWithMutualTls() throws Exception {
    TestProxy callee = proxy("callee");
    EndpointConfig endpoint =
        callee.serve(
            "app",
            UpstreamConfig.Protocol.HTTP1,
            application.getLocalPort(),
            Configs.callersOf("east.mesh.internal"));
    TestProxy caller = proxy("caller");
    int port =
        caller.call(
            Configs.meshed(
                "app.shop:8080", UpstreamConfig.Protocol.HTTP2, TestProxy.STABILITY, callee.id()),
            RetryRule.none(),
            Configs.group(0, endpoint));

    Cost cost = measure(port, "proxy-call");
    System.out.println("COST two proxies, mutual TLS: " + cost);
    assertThat(cost.octets()).isLessThan(13_500);
    assertThat(cost.sleeps()).isLessThan(5);
  }

  /**
   * What the loops of one kind did for a request.
   *
   * @param octets allocated
   * @param sleeps until something happened
   */
  private record Cost(double octets, double sleeps) {}

  private static Cost measure(int port, String loops) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(20_000);
      ask(socket, REQUESTS);
      long octets = octets(loops);
      long sleeps = sleeps(loops);
      ask(socket, REQUESTS);
      return new Cost(
          (double) (octets(loops) - octets) / REQUESTS,
          (double) (sleeps(loops) - sleeps) / REQUESTS);
    }
  }

  private static void ask(Socket socket, int times) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] body = new byte[1024];
    for (int i = 0; i < times; i++) {
      socket.getOutputStream().write(REQUEST);
      int matched = 0;
      while (matched < 4) {
        int octet = in.readUnsignedByte();
        matched = octet == "\r\n\r\n".charAt(matched) ? matched + 1 : octet == '\r' ? 1 : 0;
      }
      in.readFully(body);
    }
  }

  private static long octets(String loops) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return Arrays.stream(threads.dumpAllThreads(false, false, 0))
        .filter(thread -> thread.getThreadName().startsWith(loops))
        .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.getThreadId()))
        .sum();
  }

  /** The kernel counts how often a thread waited; it knows the first 15 letters of its name. */
  private static long sleeps(String loops) throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      long sum = 0;
      for (Path task : tasks.toList()) {
        List<String> status = Files.readAllLines(task.resolve("status"));
        if (status.getFirst().substring("Name:\t".length()).startsWith(loops)) {
          sum +=
              status.stream()
                  .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
                  .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                  .sum();
        }
      }
      return sum;
    }
  }

  private void serve() {
    try {
      while (true) {
        Socket socket = application.accept();
        Thread.ofPlatform().daemon().start(() -> answer(socket));
      }
    } catch (IOException e) {
      assert application.isClosed() : e;
    }
  }

  private static void answer(Socket accepted) {
    try (Socket socket = accepted) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] buffer = new byte[4096];
      int have = 0;
      while (true) {
        int read = in.read(buffer, have, buffer.length - have);
        if (read < 0) {
          return;
        }
        have += read;
        if (new String(buffer, 0, have, StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
          out.write(ANSWER);
          have = 0;
        }
      }
    } catch (IOException _) {
      // the proxy closed the connection
    }
  }

  private static byte[] answer() {
    String head = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 1024\r\n\r\n";
    return (head + "x".repeat(1024)).getBytes(StandardCharsets.US_ASCII);
  }
}
