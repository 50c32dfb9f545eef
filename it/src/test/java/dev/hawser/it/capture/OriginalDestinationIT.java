package dev.hawser.it.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.Internet;
import dev.hawser.it.harness.LocalAdmin;
import dev.hawser.it.harness.LoneSidecar;
import dev.hawser.it.harness.Managed;
import dev.hawser.it.harness.Shell;
import dev.hawser.it.harness.Site;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * A packet filter redirects connections to a sidecar, which asks the kernel where they were going
 * and takes them there.
 */
class OriginalDestinationIT {
  private static final String LISTENERS = "type.googleapis.com/envoy.config.listener.v3.Listener";
  private static final String CLUSTERS = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
  private static final int CAPTURE = 15_001;
  private static final int PROXY = 10;

  @Test
  void redirectedConnectionsComeWhereTheyWereGoing() throws Exception {
    Path folder = Home.folder("original-destination");
    try (Internet nowhere = Internet.none()) {
      Site site = nowhere.site("captured", 9);
      try (Managed first = application(site, folder, "first", 20);
          Managed second = application(site, folder, "second", 21);
          LoneSidecar sidecar = LoneSidecar.start(folder, site, PROXY, snapshot())) {
        await(first, () -> get(site, 20).contains("first"));
        await(second, () -> get(site, 21).contains("second"));
        await(sidecar.process(), () -> sidecar.server().isAcknowledged(LISTENERS));
        assertThat(sidecar.server().refusals()).isEmpty();
        redirect(site);
        await(sidecar.process(), () -> get(site, 20).contains("first"));
        for (int i = 0; i < 20; i++) {
          assertThat(get(site, 20)).contains("first");
          assertThat(get(site, 21)).contains("second");
        }
        String stats = new LocalAdmin(site, PROXY).get("/stats").body();
        assertThat(stats).containsPattern("cluster\\.anywhere\\.upstream_cx_total: 4[1-9]");
        System.out.println(
            "STORY original destination: "
                + stats
                    .lines()
                    .filter(line -> line.contains("anywhere.upstream_cx_total"))
                    .toList());
      }
    }
  }

  private static Managed application(Site site, Path folder, String name, int host) {
    return Managed.start(
        name,
        folder.resolve("log"),
        Map.of(),
        site.command(
            Home.java(),
            "-XX:+UseSerialGC",
            "-Xmx48m",
            "-cp",
            Home.checkout().resolve("deploy/examples/target/classes").toString(),
            "dev.hawser.examples.shop.Shop",
            "--service",
            "shop",
            "--instance",
            name,
            "--cluster",
            "east",
            "--listen",
            site.address(host) + ":8080"));
  }

  private static void await(Managed process, java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .failFast(() -> assertThat(process.isAlive()).as(process.lastWords()).isTrue())
        .until(condition);
  }

  private static String get(Site site, int host) {
    return text("http://" + site.address(host) + ":8080/");
  }

  /** Asks from outside of the site, on a connection of its own; what went wrong is no answer. */
  private static String text(String url) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(url))
                  .version(HttpClient.Version.HTTP_1_1)
                  .timeout(Duration.ofSeconds(5))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Only what comes from outside: what the sidecar itself opens must not come back to it. */
  private static void redirect(Site site) {
    Shell.run(
        site.command(
                "nft",
                """
                table ip capture {
                  chain in {
                    type nat hook prerouting priority dstnat;
                    iifname "mgmt0" tcp dport 8080 redirect to :%d
                  }
                }
                """
                    .formatted(CAPTURE))
            .toArray(String[]::new));
  }

  private static Map<String, Map<String, Any>> snapshot() {
    Listener listener =
        Listener.newBuilder()
            .setName("capture")
            .setAddress(
                Address.newBuilder()
                    .setSocketAddress(
                        SocketAddress.newBuilder().setAddress("0.0.0.0").setPortValue(CAPTURE)))
            .addListenerFilters(
                ListenerFilter.newBuilder()
                    .setName("envoy.filters.listener.original_dst")
                    .setTypedConfig(Any.pack(OriginalDst.getDefaultInstance())))
            .addFilterChains(
                FilterChain.newBuilder()
                    .addFilters(
                        Filter.newBuilder()
                            .setName("tcp")
                            .setTypedConfig(
                                Any.pack(
                                    TcpProxy.newBuilder()
                                        .setStatPrefix("anywhere")
                                        .setCluster("anywhere")
                                        .build()))))
            .build();
    Cluster cluster =
        Cluster.newBuilder()
            .setName("anywhere")
            .setType(Cluster.DiscoveryType.ORIGINAL_DST)
            .setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED)
            .build();
    return Map.of(
        LISTENERS, Map.of("capture", Any.pack(listener)),
        CLUSTERS, Map.of("anywhere", Any.pack(cluster)));
  }
}
