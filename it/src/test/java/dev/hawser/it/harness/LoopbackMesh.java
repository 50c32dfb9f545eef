package dev.hawser.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * The smallest mesh that a request can cross, of real processes on loopback: a caller's sidecar, a
 * callee's sidecar, and with a second cluster the gateway between them. The two applications are
 * the test's own: it listens at {@link #application()} and calls {@link #upstream()}.
 */
public final class LoopbackMesh implements AutoCloseable {
  private static final Pattern TOKEN = Pattern.compile("hwsr1\\.[A-Za-z0-9_-]+");

  /** Every mesh of a run has addresses of its own: 127.1 and 127.2, then 127.3 and 127.4. */
  private static final AtomicInteger NETWORKS = new AtomicInteger(1);

  private static final String SERVICE = "app";
  private static final int UPSTREAM_PORT = 9001;
  private static final int APPLICATION_PORT = 8080;
  private static final int OUTBOUND_PORT = 15001;
  private static final int INBOUND_PORT = 15006;

  private final List<AutoCloseable> parts = Collections.synchronizedList(new ArrayList<>());
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, String> environment;
  private final Path folder;
  private final LoopbackCluster east;
  private final LoopbackCluster home;
  private final Managed caller;
  private final Managed callee;

  private LoopbackMesh(
      String name, String protocol, boolean twoClusters, Map<String, String> environment) {
    this.environment = environment;
    folder = Home.folder(name);
    east = keep(LoopbackCluster.start("east", NETWORKS.getAndIncrement(), folder, environment));
    home =
        twoClusters
            ? keep(LoopbackCluster.start("west", NETWORKS.getAndIncrement(), folder, environment))
            : east;
    east.awaitReady();
    home.awaitReady();
    home.service(SERVICE, protocol, home.address(10));
    // Processes mostly wait while they start: the join goes on beside the proxies.
    CompletableFuture<Void> join = CompletableFuture.runAsync(() -> join(twoClusters));
    callee = proxy(home, SERVICE, 10, "upstreams: []");
    caller =
        proxy(
            east,
            "caller",
            11,
            "upstreams: [{service: %s.shop, port: %d, listen: \"%s:%d\"}]"
                .formatted(SERVICE, APPLICATION_PORT, east.address(11), UPSTREAM_PORT));
    join.join();
  }

  /**
   * Starts a mesh of one cluster: sidecar to sidecar.
   *
   * @param protocol of the service: {@code http}, {@code http2}, {@code grpc} or {@code tcp}
   */
  public static LoopbackMesh oneCluster(String name, String protocol) {
    return new LoopbackMesh(name, protocol, false, Map.of());
  }

  /**
   * Starts a mesh of one cluster whose processes run as they ship: what is said about their memory
   * must not be about what watches their buffers.
   */
  public static LoopbackMesh asShipped(String name, String protocol) {
    return new LoopbackMesh(name, protocol, false, Map.of("HAWSER_JAVA_OPTS", ""));
  }

  /**
   * Starts a mesh of two clusters: sidecar, gateway of the other cluster, sidecar.
   *
   * @param protocol of the service: {@code http}, {@code http2}, {@code grpc} or {@code tcp}
   */
  public static LoopbackMesh twoClusters(String name, String protocol) {
    return new LoopbackMesh(name, protocol, true, Map.of());
  }

  private void join(boolean twoClusters) {
    if (twoClusters) {
      // Two clusters that have no gateway yet would learn no address of each other.
      east.awaitUp();
      home.awaitUp();
      home.hawser("join", token(east.hawser("invite")));
    }
  }

  private Managed proxy(LoopbackCluster cluster, String name, int host, String upstreams) {
    String address = cluster.address(host);
    String token =
        token(cluster.hawser("token", "issue", "--namespace", "shop", "--service-account", name));
    try {
      Path tokenFile = Files.writeString(folder.resolve(name + ".token"), token);
      Path config =
          Files.write(
              folder.resolve(name + ".yaml"),
              List.of(
                  "node: " + name,
                  "address: " + address,
                  "locality: " + cluster.name() + "/a",
                  "dataDir: " + folder.resolve(name),
                  "join: {tokenFile: " + tokenFile + "}",
                  "application: {host: " + address + "}",
                  "listen: {outboundAddress: " + address + ", admin: \"" + address + ":15000\"}",
                  "accessLog: " + folder.resolve(name + "-access.log"),
                  upstreams));
      return keep(
          Managed.start(
              name + "-proxy",
              folder.resolve("log"),
              environment,
              List.of(Home.command("hawser-proxy"), "--config", config.toString())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits until the caller's sidecar may use an endpoint of the service: behind a gateway only once
   * that has been probed. An application that was started after its sidecar has been reported ill,
   * and that report may still be on its way: so it has to stay usable for a while.
   */
  public LoopbackMesh awaitServed() {
    String usable = "cluster.%s.shop:%d.membership_healthy: 1".formatted(SERVICE, APPLICATION_PORT);
    Awaitility.await("the caller's sidecar knows the service")
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(50))
        .during(Duration.ofSeconds(2))
        .failFast(() -> {
          assertThat(caller.isAlive()).as(caller.lastWords()).isTrue();
          assertThat(callee.isAlive()).as(callee.lastWords()).isTrue();
        })
        .until(() -> text(callersAdmin("/stats")).contains(usable));
    return this;
  }

  /** Returns where the callee's application has to listen. */
  public InetSocketAddress application() {
    return new InetSocketAddress(home.address(10), APPLICATION_PORT);
  }

  /** Returns where the caller's sidecar offers the service to the application beside it. */
  public InetSocketAddress upstream() {
    return new InetSocketAddress(east.address(11), UPSTREAM_PORT);
  }

  /** Returns where the caller's sidecar takes requests for any host. */
  public InetSocketAddress hosts() {
    return new InetSocketAddress(east.address(11), OUTBOUND_PORT);
  }

  /** Returns the metrics of the caller's sidecar as Prometheus reads them. */
  public String callersMetrics() {
    return text(callersAdmin("/stats/prometheus"));
  }

  private String callersAdmin(String path) {
    return "http://" + east.address(11) + ":15000" + path;
  }

  /** Returns where the callee's sidecar listens for others, with mutual TLS. */
  public InetSocketAddress inbound() {
    return new InetSocketAddress(home.address(10), INBOUND_PORT);
  }

  /** Returns the server name by which others ask for the service at {@link #inbound()}. */
  public String serverName() {
    return "p" + APPLICATION_PORT + "." + SERVICE + ".shop." + home.name() + ".mesh.internal";
  }

  /** Returns where its parts keep their files. */
  public Path folder() {
    return folder;
  }

  /** Returns the data directory of the caller's sidecar, where its certificate is. */
  public Path callerIdentity() {
    return folder.resolve("caller");
  }

  /** Returns the cluster of the caller. */
  public LoopbackCluster callersCluster() {
    return east;
  }

  /** Returns the cluster of the callee; in a mesh of one cluster, the same. */
  public LoopbackCluster calleesCluster() {
    return home;
  }

  public Managed callerProxy() {
    return caller;
  }

  public Managed calleeProxy() {
    return callee;
  }

  /**
   * Starts another process of the caller's sidecar, which takes the sockets over from the present
   * one.
   */
  public Managed succeedCaller(int generation) {
    return successor("caller", generation);
  }

  /** Does the same for the callee's sidecar. */
  public Managed succeedCallee(int generation) {
    return successor(SERVICE, generation);
  }

  private Managed successor(String name, int generation) {
    return keep(
        Managed.start(
            name + "-proxy-" + generation,
            folder.resolve("log"),
            environment,
            List.of(
                Home.command("hawser-proxy"),
                "--config",
                folder.resolve(name + ".yaml").toString(),
                "--take-over")));
  }

  private String text(String url) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(2)).build();
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException _) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Finds the token in what a command printed. */
  public static String token(String output) {
    Matcher matcher = TOKEN.matcher(output);
    if (!matcher.find()) {
      throw new AssertionError("no token in: " + output);
    }
    return matcher.group();
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.add(part);
    return part;
  }

  @Override
  public void close() {
    for (AutoCloseable part : parts.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        throw new AssertionError("closing " + part, e);
      }
    }
    client.close();
  }
}
