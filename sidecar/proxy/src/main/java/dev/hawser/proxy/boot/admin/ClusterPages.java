package dev.hawser.proxy.boot.admin;

import dev.hawser.engine.admin.AdminResponse;
import dev.hawser.engine.admin.pages.EnvoyJson;
import dev.hawser.proxy.balance.Balancer;
import dev.hawser.proxy.balance.BalancerView.EndpointView;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.upstream.Upstream;
import io.envoyproxy.envoy.admin.v3.ClusterStatus;
import io.envoyproxy.envoy.admin.v3.Clusters;
import io.envoyproxy.envoy.admin.v3.HostHealthStatus;
import io.envoyproxy.envoy.admin.v3.HostStatus;
import io.envoyproxy.envoy.admin.v3.SimpleMetric;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** {@code /clusters} as Envoy has it: text for people, {@code Clusters} as JSON. */
public final class ClusterPages {
  private ClusterPages() {}

  /** Returns the lines {@code cluster::address::field::value}. */
  public static AdminResponse text(Collection<Upstream> upstreams) {
    StringBuilder out = new StringBuilder(4096);
    for (Upstream upstream : sorted(upstreams)) {
      String name = upstream.name();
      line(out, name, "observability_name", upstream.statName());
      UpstreamConfig config = upstream.config();
      if (config != null) {
        limits(out, name, config.limits());
      }
      line(out, name, "added_via_api", "true");
      for (EndpointView endpoint : endpoints(upstream)) {
        String prefix = name + "::" + endpoint.address();
        line(out, prefix, "rq_active", endpoint.active());
        line(out, prefix, "rq_error", endpoint.failures());
        line(out, prefix, "rq_success", endpoint.requests() - endpoint.failures());
        line(out, prefix, "rq_total", endpoint.requests());
        line(out, prefix, "hostname", endpoint.serverName());
        line(out, prefix, "health_flags", flags(endpoint));
        line(out, prefix, "weight", endpoint.weight());
        line(out, prefix, "region", part(endpoint, 0));
        line(out, prefix, "zone", part(endpoint, 1));
        line(out, prefix, "sub_zone", part(endpoint, 2));
        line(out, prefix, "canary", "false");
        line(out, prefix, "priority", endpoint.priority());
      }
    }
    return AdminResponse.text(200, out.toString());
  }

  private static void limits(StringBuilder out, String name, UpstreamConfig.Limits limits) {
    line(out, name, "default_priority::max_connections", limits.maxConnections());
    line(out, name, "default_priority::max_pending_requests", limits.maxPending());
    line(out, name, "default_priority::max_requests", limits.maxRequests());
    line(out, name, "default_priority::max_retries", limits.maxRetries());
  }

  private static void line(StringBuilder out, String prefix, String field, Object value) {
    out.append(prefix).append("::").append(field).append("::").append(value).append('\n');
  }

  /** Returns the message {@code envoy.admin.v3.Clusters}. */
  public static AdminResponse json(Collection<Upstream> upstreams) {
    Clusters.Builder clusters = Clusters.newBuilder();
    for (Upstream upstream : sorted(upstreams)) {
      ClusterStatus.Builder status =
          ClusterStatus.newBuilder()
              .setName(upstream.name())
              .setObservabilityName(upstream.statName())
              .setAddedViaApi(true);
      endpoints(upstream).forEach(endpoint -> status.addHostStatuses(host(endpoint)));
      clusters.addClusterStatuses(status);
    }
    return AdminResponse.json(200, EnvoyJson.write(clusters.build()));
  }

  private static HostStatus host(EndpointView endpoint) {
    int colon = endpoint.address().lastIndexOf(':');
    return HostStatus.newBuilder()
        .setAddress(
            Address.newBuilder()
                .setSocketAddress(
                    SocketAddress.newBuilder()
                        .setAddress(endpoint.address().substring(0, colon))
                        .setPortValue(Integer.parseInt(endpoint.address().substring(colon + 1)))))
        .addStats(metric("rq_error", SimpleMetric.Type.COUNTER, endpoint.failures()))
        .addStats(
            metric(
                "rq_success", SimpleMetric.Type.COUNTER, endpoint.requests() - endpoint.failures()))
        .addStats(metric("rq_total", SimpleMetric.Type.COUNTER, endpoint.requests()))
        .addStats(metric("rq_active", SimpleMetric.Type.GAUGE, endpoint.active()))
        .setHealthStatus(
            HostHealthStatus.newBuilder()
                .setEdsHealthStatus(
                    HealthStatus.valueOf(endpoint.health().toUpperCase(Locale.ROOT)))
                .setFailedActiveHealthCheck(endpoint.state().equals("failing"))
                .setFailedOutlierCheck(
                    endpoint.state().equals("ejected") || endpoint.state().equals("suspect")))
        .setWeight(endpoint.weight())
        .setHostname(endpoint.serverName())
        .setPriority(endpoint.priority())
        .setLocality(
            Locality.newBuilder()
                .setRegion(part(endpoint, 0))
                .setZone(part(endpoint, 1))
                .setSubZone(part(endpoint, 2)))
        .build();
  }

  private static SimpleMetric metric(String name, SimpleMetric.Type type, long value) {
    return SimpleMetric.newBuilder().setName(name).setType(type).setValue(value).build();
  }

  private static String flags(EndpointView endpoint) {
    return switch (endpoint.state()) {
      case "failing" -> "/failed_active_hc";
      case "ejected", "suspect" -> "/failed_outlier_check";
      case "unhealthy" -> "/failed_eds_health";
      default -> "healthy";
    };
  }

  private static String part(EndpointView endpoint, int index) {
    String[] parts = endpoint.locality().split("/", -1);
    return index < parts.length ? parts[index] : "";
  }

  private static List<Upstream> sorted(Collection<Upstream> upstreams) {
    return upstreams.stream().sorted(Comparator.comparing(Upstream::name)).toList();
  }

  private static List<EndpointView> endpoints(Upstream upstream) {
    Balancer balancer = upstream.balancer();
    return balancer == null ? List.of() : balancer.view().endpoints();
  }
}
