package dev.hawser.controlplane.boot;

import dev.hawser.api.model.Locality;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.controlplane.registry.Site;
import dev.hawser.controlplane.transport.HostPort;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Settings of a cluster {@code east} on loopback. */
final class TestPlane {
  private TestPlane() {}

  static Settings settings(Path data, Path files) {
    return new Settings(
        new ClusterName("east", "mesh.internal"),
        new Site("east", "east", Locality.parse("east")),
        data,
        new HostPort("127.0.0.1", 0),
        List.of("127.0.0.1:15012"),
        "default",
        Optional.of(files),
        Optional.empty(),
        Optional.empty(),
        false,
        false,
        "hawser-system");
  }

  static final String ORDERS =
      """
      apiVersion: hawser.dev/v1
      kind: Service
      metadata: {name: orders, namespace: shop, annotations: {hawser.dev/export: "true"}}
      spec:
        ports: [{name: http, port: 8080, protocol: http}]
        endpoints:
        - {address: 127.1.1.1, serviceAccount: orders, locality: east/a}
      """;
}
