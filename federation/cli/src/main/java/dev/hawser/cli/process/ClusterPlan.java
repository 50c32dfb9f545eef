package dev.hawser.cli.process;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code hawser cluster start} starts.
 *
 * @param name of the cluster
 * @param proxies where proxies, gateways' control links and VMs connect (15012)
 * @param admin where the REST API is served (15080)
 * @param advertise {@code host:port} that proxies are told
 * @param registries configuration of the registries
 * @param settings further configuration of the control plane, as given
 */
public record ClusterPlan(
    String name,
    String meshDomain,
    Path dataDir,
    Place proxies,
    Place admin,
    String advertise,
    List<GatewayPlan> gateways,
    Map<String, String> registries,
    Map<String, String> settings) {
  public ClusterPlan {
    gateways = List.copyOf(gateways);
  }

  String adminUrl() {
    return "http://" + admin;
  }

  /** Returns the control plane's configuration. */
  Map<String, String> configuration() {
    Map<String, String> configuration = new LinkedHashMap<>();
    configuration.put("hawser.cluster.name", name);
    configuration.put("hawser.cluster.mesh-domain", meshDomain);
    configuration.put("hawser.data-dir", dataDir.toString());
    configuration.put("hawser.listen.proxies", proxies.toString());
    configuration.put("hawser.advertise.control-plane", advertise);
    configuration.put("quarkus.http.host", admin.host());
    configuration.put("quarkus.http.port", Integer.toString(admin.port()));
    configuration.putAll(registries);
    configuration.putAll(settings);
    return configuration;
  }
}
