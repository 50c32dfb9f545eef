package dev.hawser.gateway.probe;

import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.tls.ClientTls;
import dev.hawser.engine.tls.MeshTls;
import dev.hawser.engine.xds.HdsClient;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.verify.ExpectedPeers;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.service.health.v3.ClusterEndpointsHealth;
import io.envoyproxy.envoy.service.health.v3.ClusterHealthCheck;
import io.envoyproxy.envoy.service.health.v3.EndpointHealth;
import io.envoyproxy.envoy.service.health.v3.EndpointHealthResponse;
import io.envoyproxy.envoy.service.health.v3.HealthCheckSpecifier;
import io.envoyproxy.envoy.service.health.v3.LocalityEndpoints;
import io.envoyproxy.envoy.service.health.v3.LocalityEndpointsHealth;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks every gateway of every other cluster, as often as the control plane wants it, whether it
 * works. All state belongs to one event loop; only the finished report is shared.
 */
public final class Prober implements HdsClient.Prober, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Prober.class);
  private static final String GATEWAY_LABEL = "gateway.";
  private static final long DEFAULT_MILLIS = 1000;

  private final EventLoops loops;
  private final EventLoop loop;
  private final MeshTls tls;
  private final Map<Target, State> states = new HashMap<>();
  private final Map<String, ClientTls> clients = new HashMap<>();
  private volatile EndpointHealthResponse report = EndpointHealthResponse.getDefaultInstance();

  private record Target(String cluster, Endpoint endpoint) {}

  private static final class State {
    private final long intervalMillis;
    private final long timeoutMillis;
    private @Nullable Boolean answered;

    State(long intervalMillis, long timeoutMillis) {
      this.intervalMillis = intervalMillis;
      this.timeoutMillis = timeoutMillis;
    }
  }

  /** Makes a prober that asks nobody yet. */
  public Prober(EventLoops loops, MeshTls tls) {
    this.loops = loops;
    this.tls = tls;
    loop = loops.next();
  }

  @Override
  public void probe(HealthCheckSpecifier specifier) {
    loop.execute(() -> replace(specifier));
  }

  @Override
  public EndpointHealthResponse results() {
    return report;
  }

  private void replace(HealthCheckSpecifier specifier) {
    Map<Target, State> wanted = new HashMap<>();
    for (ClusterHealthCheck check : specifier.getClusterHealthChecksList()) {
      if (!check.getClusterName().startsWith(GATEWAY_LABEL) || check.getHealthChecksCount() == 0) {
        LOG.warn(
            "A health check was left out cluster={} reason=not a gateway's name, or no check",
            check.getClusterName());
        continue;
      }
      var how = check.getHealthChecks(0);
      for (LocalityEndpoints place : check.getLocalityEndpointsList()) {
        for (Endpoint endpoint : place.getEndpointsList()) {
          wanted.put(
              new Target(check.getClusterName(), endpoint),
              new State(millis(how.getInterval()), millis(how.getTimeout())));
        }
      }
    }
    states.keySet().retainAll(wanted.keySet());
    wanted.forEach((target, state) -> {
      if (states.putIfAbsent(target, state) == null) {
        ask(target, state);
      }
    });
    publish();
  }

  private static long millis(com.google.protobuf.Duration duration) {
    long millis =
        TimeUnit.SECONDS.toMillis(duration.getSeconds())
            + TimeUnit.NANOSECONDS.toMillis(duration.getNanos());
    return millis > 0 ? millis : DEFAULT_MILLIS;
  }

  private void ask(Target target, State state) {
    if (states.get(target) != state) {
      return;
    }
    var address = target.endpoint().getAddress().getSocketAddress();
    long began = System.nanoTime();
    Probe.ask(
        loops,
        loop,
        InetSocketAddress.createUnresolved(address.getAddress(), address.getPortValue()),
        target.cluster(),
        client(target.cluster()),
        state.timeoutMillis,
        answered -> {
          if (!answered.equals(state.answered)) {
            LOG.info(
                "A gateway changed name={} address={} answers={}",
                target.cluster(),
                address.getAddress(),
                answered);
          }
          state.answered = answered;
          publish();
          long spent = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
          var _ =
              loop.schedule(
                  () -> ask(target, state),
                  Math.max(1, state.intervalMillis - spent),
                  TimeUnit.MILLISECONDS);
        });
  }

  /** The name of a gateway says whose it is: nobody else's answer counts. */
  private ClientTls client(String name) {
    return clients.computeIfAbsent(
        name,
        _ -> {
          TrustDomain trustDomain = new TrustDomain(name.substring(GATEWAY_LABEL.length()));
          return tls.client(
              List.of("http/1.1"), ExpectedPeers.exactly(SpiffeId.gateway(trustDomain)));
        });
  }

  private void publish() {
    Map<String, LocalityEndpointsHealth.Builder> byCluster = new HashMap<>();
    states.forEach((target, state) -> {
      HealthStatus status =
          state.answered == null
              ? HealthStatus.UNKNOWN
              : state.answered ? HealthStatus.HEALTHY : HealthStatus.UNHEALTHY;
      byCluster
          .computeIfAbsent(target.cluster(), _ -> LocalityEndpointsHealth.newBuilder())
          .addEndpointsHealth(
              EndpointHealth.newBuilder().setEndpoint(target.endpoint()).setHealthStatus(status));
    });
    EndpointHealthResponse.Builder response = EndpointHealthResponse.newBuilder();
    byCluster.forEach((cluster, place) ->
        response.addClusterEndpointsHealth(
            ClusterEndpointsHealth.newBuilder()
                .setClusterName(cluster)
                .addLocalityEndpointsHealth(place)));
    report = response.build();
  }

  @Override
  public void close() {
    loop.execute(() -> {
      states.clear();
      clients.values().forEach(ClientTls::close);
    });
  }
}
