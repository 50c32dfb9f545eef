package dev.hawser.controlplane.xds;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Resources that a test puts there; hidden ones are found by name alone. */
final class FakeLookup implements Lookup {
  private final SortedMap<String, XdsResource> all = new TreeMap<>();
  private final SortedMap<String, XdsResource> hidden = new TreeMap<>();

  void put(String name, String content) {
    all.put(name, resource(name, content));
  }

  void hide(String name, String content) {
    hidden.put(name, resource(name, content));
  }

  private static XdsResource resource(String name, String content) {
    return XdsResource.of(name, Cluster.newBuilder().setName(name).setAltStatName(content).build());
  }

  void remove(String name) {
    all.remove(name);
  }

  String version(String name) {
    return named(name).orElseThrow().version();
  }

  @Override
  public SortedMap<String, XdsResource> everything() {
    return all;
  }

  @Override
  public Optional<XdsResource> named(String name) {
    return Optional.ofNullable(all.getOrDefault(name, hidden.get(name)));
  }
}
