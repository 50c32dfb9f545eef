package dev.hawser.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.LoneSidecar;
import dev.hawser.it.harness.Vitals;
import dev.hawser.testing.ports.FreePorts;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Tokens of issuers that mean harm come without end; a client that has nothing to do with them is
 * served beside, and the sidecar stays small.
 */
final class KeySetAbuse {
  private static final String ADDRESS = "127.0.0.5";
  private static final long GROWTH_MIB = 160;
  private static final int CALLERS_OF_EACH = 4;

  /** One that has failed is asked again after a second; at the start it may be asked twice. */
  private static final long FETCHES_A_SECOND = 2;

  private static final TypeRegistry TYPES =
      TypeRegistry.newBuilder()
          .add(HttpConnectionManager.getDescriptor())
          .add(JwtAuthentication.getDescriptor())
          .add(Router.getDescriptor())
          .build();

  private final int port = FreePorts.next();

  /** Goes on for a time, and fails if anything but the attackers comes to harm. */
  static void attack(String name, Duration time) throws IOException {
    new KeySetAbuse().go(name, time);
  }

  private void go(String name, Duration time) throws IOException {
    try (PlainApplication application =
            PlainApplication.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        HostileIssuers issuers = HostileIssuers.start();
        LoneSidecar sidecar =
            LoneSidecar.start(
                Home.folder(name),
                ADDRESS,
                snapshot(application.port(), issuers.port()),
                Map.of("HAWSER_JAVA_OPTS", ""))) {
      awaitServed(sidecar);
      ProcessHandle process = sidecar.process().family().getFirst();
      Vitals before = Vitals.of(process);
      AtomicInteger refused = new AtomicInteger();
      List<String> surprises = new ArrayList<>();
      Vitals peak = before;
      GoodClient.Report report;
      try (GoodClient client = GoodClient.start(new InetSocketAddress(ADDRESS, port))) {
        Floods.Until until = new Floods.Until(time);
        List<CompletableFuture<Void>> callers =
            Stream.of(HostileIssuers.Kind.values())
                .flatMap(kind -> Stream.generate(() -> kind).limit(CALLERS_OF_EACH))
                .map(kind ->
                    CompletableFuture.runAsync(
                        () -> call(kind, until, refused, surprises), Attackers::start))
                .toList();
        while (!callers.stream().allMatch(CompletableFuture::isDone)) {
          peak = peak.peak(Vitals.of(process));
          new Floods.Until(Duration.ofMillis(250)).await();
        }
        callers.forEach(CompletableFuture::join);
        report = client.stop();
      }
      System.out.printf(
          "CONFORMANCE abuse [KEY_SETS] [%d refused, %d fetches] for %d s: good client %d requests, %d failed, p50 %.1f ms, p99 %.1f ms; memory +%d MiB, descriptors at most %d%n",
          refused.get(),
          issuers.asked(),
          time.toSeconds(),
          report.requests(),
          report.failures().size(),
          report.p50().toNanos() / 1e6,
          report.p99().toNanos() / 1e6,
          peak.residentMiB() - before.residentMiB(),
          peak.descriptors());
      assertThat(surprises).isEmpty();
      assertThat(refused.get()).isPositive();
      assertThat(report.failures()).isEmpty();
      assertThat(report.requests()).isPositive();
      assertThat(process.isAlive()).isTrue();
      assertThat(peak.residentMiB() - before.residentMiB()).isLessThan(GROWTH_MIB);
      for (HostileIssuers.Kind kind : HostileIssuers.Kind.values()) {
        assertThat(issuers.asked(kind)).as("fetches of %s", kind).isPositive();
      }
      assertThat((long) issuers.asked())
          .as("an issuer is not asked for each token")
          .isLessThan(
              HostileIssuers.Kind.values().length * FETCHES_A_SECOND * (time.toSeconds() + 5));
    }
  }

  private void awaitServed(LoneSidecar sidecar) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      Awaitility.await("the application is served")
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(100))
          .failFast(() -> {
            assertThat(sidecar.server().refusals()).isEmpty();
            assertThat(sidecar.process().isAlive()).as(sidecar.process().lastWords()).isTrue();
          })
          .until(() -> {
            try {
              return send(client, "/", "none") == 200;
            } catch (IOException _) {
              return false; // it does not listen yet
            }
          });
    }
  }

  private void call(
      HostileIssuers.Kind kind, Floods.Until until, AtomicInteger refused, List<String> surprises) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; until.isAhead(); i++) {
        int status = send(client, kind.path(), token(kind, i));
        if (status == 401) {
          refused.incrementAndGet();
        } else {
          synchronized (surprises) {
            surprises.add(kind + ": " + status);
          }
        }
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(kind + ": a token is refused by an answer", e);
    }
  }

  private int send(HttpClient client, String path, String token)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + ADDRESS + ":" + port + path))
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(Duration.ofSeconds(40))
            .header("Authorization", "Bearer " + token)
            .build();
    return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  /** A token that only its keys could refuse; each is another. */
  private static String token(HostileIssuers.Kind kind, int number) {
    byte[] signature = new byte[1024];
    signature[0] = 1;
    return encode("{\"alg\":\"RS256\"}".getBytes(StandardCharsets.US_ASCII))
        + "."
        + encode(
            "{\"iss\":\"%s\",\"exp\":4102444800,\"jti\":\"%d\"}"
                .formatted(kind.issuer(), number)
                .getBytes(StandardCharsets.US_ASCII))
        + "."
        + encode(signature);
  }

  private static String encode(byte[] octets) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
  }

  private Map<String, Map<String, Any>> snapshot(int application, int issuers) {
    String providers =
        Stream.of(HostileIssuers.Kind.values())
            .map(kind ->
                """
                "%s":{"issuer":"%s","remote_jwks":{"http_uri":
                  {"uri":"http://issuer.test%s","cluster":"issuers","timeout":"2s"}}}
                """
                    .formatted(kind, kind.issuer(), kind.path()))
            .collect(Collectors.joining(","));
    String rules =
        Stream.of(HostileIssuers.Kind.values())
            .map(kind ->
                """
                {"match":{"prefix":"%s"},"requires":{"provider_name":"%s"}}
                """
                    .formatted(kind.path(), kind))
            .collect(Collectors.joining(","));
    String listener =
        """
        {"name":"all","address":{"socket_address":{"address":"%s","port_value":%d}},
         "filter_chains":[{"filters":[{"name":"http","typed_config":{
           "@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
           "stat_prefix":"x",
           "route_config":{"name":"r","virtual_hosts":[{"name":"all","domains":["*"],
             "routes":[{"match":{"prefix":"/"},"route":{"cluster":"application"}}]}]},
           "http_filters":[
             {"name":"envoy.filters.http.jwt_authn","typed_config":{
              "@type":"type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
              "providers":{%s},"rules":[%s]}},
             {"name":"envoy.filters.http.router","typed_config":{
              "@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}
        """
            .formatted(ADDRESS, port, providers, rules);
    return Map.of(
        "type.googleapis.com/envoy.config.listener.v3.Listener",
        Map.of("all", Any.pack(read(listener, Listener.newBuilder()))),
        "type.googleapis.com/envoy.config.cluster.v3.Cluster",
        Map.of(
            "application", Any.pack(cluster("application", application)),
            "issuers", Any.pack(cluster("issuers", issuers))));
  }

  private static Message cluster(String name, int port) {
    return read(
        """
        {"name":"%s","type":"STATIC","connect_timeout":"5s","load_assignment":{"cluster_name":"%s",
         "endpoints":[{"lb_endpoints":[{"endpoint":{"address":{"socket_address":
          {"address":"127.0.0.1","port_value":%d}}}}]}]}}
        """
            .formatted(name, name, port),
        Cluster.newBuilder());
  }

  private static Message read(String json, Message.Builder into) {
    try {
      JsonFormat.parser().usingTypeRegistry(TYPES).merge(json, into);
      return into.build();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(json, e);
    }
  }
}
