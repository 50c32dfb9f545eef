package dev.hawser.controlplane.xds;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.controlplane.snapshot.MeshSnapshot;
import dev.hawser.controlplane.snapshot.RemoteCluster;
import dev.hawser.controlplane.snapshot.RemoteGateway;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.service.health.v3.ClusterEndpointsHealth;
import io.envoyproxy.envoy.service.health.v3.ClusterHealthCheck;
import io.envoyproxy.envoy.service.health.v3.EndpointHealth;
import io.envoyproxy.envoy.service.health.v3.EndpointHealthResponse;
import io.envoyproxy.envoy.service.health.v3.HealthCheckSpecifier;
import io.envoyproxy.envoy.service.health.v3.LocalityEndpoints;
import io.envoyproxy.envoy.service.health.v3.LocalityEndpointsHealth;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** What a gateway is to probe, and what its report says about it. Immutable. */
final class ProbePlan {
  /** A gateway of another cluster, as the snapshot names it. */
  private record Target(String cluster, String address) {}

  private final HealthCheckSpecifier specifier;
  private final Map<Target, Target> targets;

  private ProbePlan(HealthCheckSpecifier specifier, Map<Target, Target> targets) {
    this.specifier = specifier;
    this.targets = targets;
  }

  /** Returns the plan for a snapshot: every gateway of every other cluster, once a second. */
  static ProbePlan of(MeshSnapshot snapshot) {
    HealthCheckSpecifier.Builder specifier =
        HealthCheckSpecifier.newBuilder()
            .setInterval(Wire.duration(GatewayResources.PROBE_INTERVAL));
    Map<Target, Target> targets = new HashMap<>();
    for (RemoteCluster remote : snapshot.remotes().values()) {
      ClusterName name = new ClusterName(remote.name(), snapshot.local().name().meshDomain());
      Cluster cluster = GatewayResources.probed(remote, name);
      LocalityEndpoints.Builder endpoints = LocalityEndpoints.newBuilder();
      for (RemoteGateway gateway : remote.gateways()) {
        SocketPlace place = SocketPlace.parse("gateway of " + remote.name(), gateway.address());
        targets.put(
            new Target(name.gatewaySni(), place.toString()),
            new Target(remote.name(), gateway.address()));
        endpoints.addEndpoints(
            Endpoint.newBuilder().setAddress(place.address()).setHostname(name.gatewaySni()));
      }
      specifier.addClusterHealthChecks(
          ClusterHealthCheck.newBuilder()
              .setClusterName(name.gatewaySni())
              .addHealthChecks(GatewayResources.probe(name))
              .addLocalityEndpoints(endpoints)
              .addTransportSocketMatches(
                  Cluster.TransportSocketMatch.newBuilder()
                      .setName("gateway")
                      .setTransportSocket(cluster.getTransportSocket())));
    }
    return new ProbePlan(specifier.build(), Map.copyOf(targets));
  }

  HealthCheckSpecifier specifier() {
    return specifier;
  }

  /** Passes on what a report says about the targets of this plan; anything else is left out. */
  void report(EndpointHealthResponse response, Instant at, ProbeListener listener) {
    for (ClusterEndpointsHealth cluster : response.getClusterEndpointsHealthList()) {
      for (LocalityEndpointsHealth place : cluster.getLocalityEndpointsHealthList()) {
        for (EndpointHealth endpoint : place.getEndpointsHealthList()) {
          report(cluster.getClusterName(), endpoint, at, listener);
        }
      }
    }
  }

  private void report(String cluster, EndpointHealth health, Instant at, ProbeListener listener) {
    var address = health.getEndpoint().getAddress().getSocketAddress();
    SocketPlace place = new SocketPlace(address.getAddress(), address.getPortValue());
    Target target = targets.get(new Target(cluster, place.toString()));
    if (target == null) {
      return;
    }
    switch (health.getHealthStatus()) {
      case HEALTHY, DEGRADED -> listener.answered(target.cluster(), target.address(), at);
      case UNHEALTHY, TIMEOUT -> listener.failed(target.cluster(), target.address(), at);
      // Not probed yet, or not a result of a probe.
      case UNKNOWN, DRAINING, UNRECOGNIZED -> {}
    }
  }
}
