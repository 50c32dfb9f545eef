package dev.hawser.proxy.codec;

import com.google.protobuf.Struct;
import dev.hawser.api.model.Locality;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.EndpointSet;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.ArrayList;
import java.util.List;

/** Reads sets of endpoints (EDS). */
public final class EndpointCodec {
  private EndpointCodec() {}

  /** Reads a resource. */
  public static EndpointSet read(ClusterLoadAssignment assignment)
      throws ResourceRejectedException {
    SupportedFields.requireKnown(assignment);
    return set("", assignment);
  }

  static EndpointSet set(String path, ClusterLoadAssignment assignment)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, assignment, "cluster_name", "endpoints", "policy");
    SupportedFields.requireOnly(
        join(path, "policy"),
        assignment.getPolicy(),
        "overprovisioning_factor",
        "weighted_priority_health");
    List<EndpointSet.Group> groups = new ArrayList<>();
    for (int i = 0; i < assignment.getEndpointsCount(); i++) {
      groups.add(group(join(path, "endpoints[" + i + "]"), assignment.getEndpoints(i)));
    }
    int overprovisioning =
        assignment.getPolicy().hasOverprovisioningFactor()
            ? assignment.getPolicy().getOverprovisioningFactor().getValue()
            : EndpointSet.DEFAULT_OVERPROVISIONING;
    try {
      return new EndpointSet(
          assignment.getClusterName(),
          groups,
          overprovisioning,
          assignment.getPolicy().getWeightedPriorityHealth());
    } catch (IllegalArgumentException e) {
      throw Fields.rejected(join(path, "policy"), String.valueOf(e.getMessage()));
    }
  }

  private static EndpointSet.Group group(String path, LocalityLbEndpoints group)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path, group, "locality", "lb_endpoints", "load_balancing_weight", "priority", "metadata");
    Locality locality =
        new Locality(
            group.getLocality().getRegion(),
            group.getLocality().getZone(),
            group.getLocality().getSubZone());
    List<EndpointConfig> endpoints = new ArrayList<>();
    for (int i = 0; i < group.getLbEndpointsCount(); i++) {
      endpoints.add(endpoint(path + ".lb_endpoints[" + i + "]", group.getLbEndpoints(i), locality));
    }
    return new EndpointSet.Group(
        locality, group.getPriority(), group.getLoadBalancingWeight().getValue(), endpoints);
  }

  private static EndpointConfig endpoint(String path, LbEndpoint item, Locality locality)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path, item, "endpoint", "health_status", "metadata", "load_balancing_weight");
    Endpoint endpoint = item.getEndpoint();
    SupportedFields.requireOnly(
        path + ".endpoint", endpoint, "address", "hostname", "health_check_config");
    Struct hawser = Fields.hawser(item.getMetadata());
    return new EndpointConfig(
        Fields.address(path + ".endpoint.address", endpoint.getAddress()),
        endpoint.getHostname(),
        locality,
        item.hasLoadBalancingWeight() ? Math.max(1, item.getLoadBalancingWeight().getValue()) : 1,
        switch (item.getHealthStatus()) {
          case UNKNOWN, HEALTHY -> EndpointConfig.Health.HEALTHY;
          case DEGRADED -> EndpointConfig.Health.DEGRADED;
          case UNHEALTHY, DRAINING, TIMEOUT, UNRECOGNIZED -> EndpointConfig.Health.UNHEALTHY;
        },
        Fields.text(hawser, "cluster"),
        (int) Fields.number(hawser, "slot", EndpointConfig.NO_SLOT),
        Fields.number(hawser, "generation", 0),
        Fields.flag(hawser, "gateway"),
        Fields.text(hawser, "workload"),
        new EndpointConfig.Traits(
            LabelCodec.labels(item.getMetadata()),
            Fields.text(
                item.getMetadata()
                    .getFilterMetadataOrDefault(LabelCodec.KEY, Struct.getDefaultInstance()),
                "hash_key"),
            checkAt(path + ".endpoint.health_check_config", endpoint.getHealthCheckConfig())));
  }

  private static EndpointConfig.CheckAt checkAt(String path, Endpoint.HealthCheckConfig config)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path, config, "port_value", "hostname", "disable_active_health_check");
    if (config.getPortValue() < 0 || config.getPortValue() > 65_535) {
      throw Fields.rejected(path + ".port_value", config.getPortValue() + " (expected: 0-65535)");
    }
    return new EndpointConfig.CheckAt(
        config.getPortValue(), config.getHostname(), config.getDisableActiveHealthCheck());
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
