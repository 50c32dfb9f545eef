package dev.hawser.proxy.mesh;

import com.google.protobuf.util.JsonFormat;
import dev.hawser.proxy.balance.BalancerView;
import dev.hawser.proxy.codec.ClusterCodec;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.EndpointSet;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.upstream.Upstream;
import dev.hawser.trust.testing.TestAuthority;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** A proxy that calls one upstream, named "a", over plaintext, and what can be seen of it. */
final class OneUpstream implements AutoCloseable {
  private final List<AutoCloseable> open = new ArrayList<>();
  final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final TestProxy proxy;

  OneUpstream() throws IOException {
    open.addLast(client);
    proxy = keep(new TestProxy(TestAuthority.create(), "east", "web"));
  }

  /** Has something closed at the end, before what was kept earlier. */
  <T extends AutoCloseable> T keep(T one) {
    open.addFirst(one);
    return one;
  }

  /**
   * Reads the upstream.
   *
   * @param more fields of the cluster as JSON with single quotes, after a comma
   */
  static UpstreamConfig cluster(String more) throws Exception {
    Cluster.Builder builder = Cluster.newBuilder();
    JsonFormat.parser()
        .merge(("{'name':'a','type':'EDS'" + more + "}").replace('\'', '"'), builder);
    return ClusterCodec.read(builder.build());
  }

  /** Calls the upstream at ports of this machine; returns the local port that leads there. */
  int call(String cluster, RetryRule retries, int... ports) throws Exception {
    return call(
        cluster,
        retries,
        Arrays.stream(ports)
            .mapToObj(port -> Configs.endpoint(port, "", "at-" + port))
            .toArray(EndpointConfig[]::new));
  }

  int call(String cluster, RetryRule retries, EndpointConfig... endpoints) throws Exception {
    EndpointSet.Group[] groups =
        Arrays.stream(endpoints)
            .map(endpoint -> Configs.group(0, endpoint))
            .toArray(EndpointSet.Group[]::new);
    return proxy.call(cluster(cluster), retries, groups);
  }

  HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Returns what Envoy's name counts. */
  long number(String name) {
    return Objects.requireNonNull(upstream().numbers().get(name), name);
  }

  /** Returns how the endpoints are, in the order in which they were given. */
  List<String> states() {
    return Objects.requireNonNull(upstream().balancer()).view().endpoints().stream()
        .map(BalancerView.EndpointView::state)
        .toList();
  }

  Upstream upstream() {
    return proxy.plane().upstreams().get("a");
  }

  @Override
  public void close() throws IOException {
    for (AutoCloseable one : open) {
      try {
        one.close();
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException("cannot be closed: " + one, e);
      }
    }
  }
}
