package dev.hawser.controlplane.boot;

import dev.hawser.api.model.Locality;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.naming.Labels;
import dev.hawser.controlplane.consul.ConsulOptions;
import dev.hawser.controlplane.kubernetes.KubernetesOptions;
import dev.hawser.controlplane.registry.Site;
import dev.hawser.controlplane.transport.HostPort;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The configuration, read and checked.
 *
 * @param advertised host:port of the proxy port as others reach it, at least one
 * @param kubernetes the API server, if this control plane uses one for anything
 * @param kubernetesRegistry whether its services are reported
 * @param kubernetesState whether state lies there
 */
record Settings(
    ClusterName cluster,
    Site site,
    Path dataDirectory,
    HostPort listen,
    List<String> advertised,
    String consulNamespace,
    Optional<Path> files,
    Optional<ConsulOptions> consul,
    Optional<KubernetesOptions> kubernetes,
    boolean kubernetesRegistry,
    boolean kubernetesState,
    String stateNamespace) {

  /**
   * Checks the configuration.
   *
   * @throws IllegalArgumentException if a value is not acceptable; the message names the property
   */
  static Settings of(HawserConfig config) {
    String name = config.cluster().name();
    ClusterName cluster = new ClusterName(name, config.cluster().meshDomain());
    String network =
        Labels.require("hawser.cluster.network", config.cluster().network().orElse(name));
    Locality locality = Locality.parse(config.cluster().locality().orElse(name));
    HostPort listen = address("hawser.listen.proxies", config.listen().proxies());
    List<String> advertised =
        config.advertise().controlPlane().orElse(List.of(listen.toString())).stream()
            .map(text -> address("hawser.advertise.control-plane", text).toString())
            .toList();
    if (advertised.isEmpty()) {
      throw new IllegalArgumentException(
          "hawser.advertise.control-plane: empty (expected: host:port, or leave it out)");
    }
    String consulNamespace = Labels.require("hawser.consul.namespace", config.consul().namespace());
    boolean kubernetesState = isKubernetesState(config.state().kind());
    boolean kubernetesRegistry = config.registry().kubernetes().enabled();
    return new Settings(
        cluster,
        new Site(name, network, locality),
        config.dataDir(),
        listen,
        advertised,
        consulNamespace,
        config.registry().file().directory(),
        consul(config.registry().consul(), consulNamespace),
        kubernetesRegistry || kubernetesState
            ? Optional.of(new KubernetesOptions(config.registry().kubernetes().kubeconfig()))
            : Optional.empty(),
        kubernetesRegistry,
        kubernetesState,
        Labels.require("hawser.state.namespace", config.state().namespace()));
  }

  private static boolean isKubernetesState(String kind) {
    return switch (kind) {
      case "file" -> false;
      case "kubernetes" -> true;
      default ->
          throw new IllegalArgumentException(
              "hawser.state.kind: '" + kind + "' (expected: file or kubernetes)");
    };
  }

  private static Optional<ConsulOptions> consul(
      HawserConfig.Registry.ConsulAgent agent, String namespace) {
    return agent
        .address()
        .map(address ->
            ConsulOptions.of(
                URI.create(address), agent.datacenter(), agent.tokenFile(), namespace));
  }

  private static HostPort address(String property, String text) {
    try {
      return HostPort.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(property + ": " + e.getMessage(), e);
    }
  }
}
