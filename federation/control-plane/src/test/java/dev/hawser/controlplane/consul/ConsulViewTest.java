package dev.hawser.controlplane.consul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.Service;
import dev.hawser.controlplane.registry.FirstSeen;
import dev.hawser.controlplane.registry.Rejected;
import dev.hawser.controlplane.registry.Site;
import dev.hawser.controlplane.registry.TurnedClock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConsulViewTest {
  private static final Site SITE = new Site("west", "net", new Locality("west", "a", ""));

  private final ConsulView view =
      new ConsulView("consul/dc1", "default", SITE, new FirstSeen(new TurnedClock()));

  @Test
  void metaSaysWhatConsulHasNoWordFor() {
    view.add(
        List.of(
            instance(
                "orders-1",
                8080,
                Map.of(
                    "hawser-namespace", "shop",
                    "hawser-export", "east",
                    "hawser-service-account", "buyer",
                    "hawser-protocol", "grpc",
                    "hawser-locality", "west/b",
                    "version", "v2"))));

    Service orders = only();

    assertThat(orders.name()).hasToString("orders.shop");
    assertThat(orders.exposure()).isEqualTo(new Exposure.Only(Set.of("east")));
    assertThat(orders.ports().getFirst().protocol()).isEqualTo(Protocol.GRPC);
    Endpoint endpoint = orders.endpoints().getFirst();
    assertThat(endpoint.serviceAccount()).isEqualTo("buyer");
    assertThat(endpoint.locality()).hasToString("west/b");
    assertThat(endpoint.labels()).containsExactly(Map.entry("version", "v2"));
    assertThat(endpoint.provenance().owner()).isEqualTo("node-1");
    assertThat(endpoint.provenance().source()).isEqualTo("consul/dc1");
  }

  @Test
  void withoutMetaTheDefaultsHold() {
    view.add(List.of(instance("orders-1", 8080, Map.of())));

    Service orders = only();

    assertThat(orders.name()).hasToString("orders.default");
    assertThat(orders.exposure()).isEqualTo(Exposure.hidden());
    assertThat(orders.ports().getFirst().protocol()).isEqualTo(Protocol.HTTP);
    assertThat(orders.endpoints().getFirst().serviceAccount()).isEqualTo("orders");
    assertThat(orders.endpoints().getFirst().locality()).isEqualTo(SITE.locality());
  }

  @Test
  void instancesOnPortsOfTheirOwnAreReachedByTheServicesPort() {
    view.add(
        List.of(
            instance("a", 9001, Map.of()),
            instance("b", 9002, Map.of()),
            instance("c", 9002, Map.of())));

    Service orders = only();

    assertThat(orders.ports().getFirst().number()).isEqualTo(9002);
    assertThat(orders.endpoints())
        .extracting(it -> it.id() + ":" + it.targetPort(9002))
        .containsExactly("node-1/a:9001", "node-1/b:9002", "node-1/c:9002");
  }

  @Test
  void thePortMayBeNamedByMeta() {
    view.add(
        List.of(
            instance("a", 31_001, Map.of("hawser-port", "80")),
            instance("b", 31_002, Map.of("hawser-port", "80"))));

    assertThat(only().ports().getFirst().number()).isEqualTo(80);
    assertThat(services().getFirst().endpoints())
        .extracting(it -> it.targetPort(80))
        .containsExactly(31_001, 31_002);
  }

  @Test
  void instancesThatExportDifferentlyAllowWhatAllOfThemAllow() {
    view.add(
        List.of(
            instance("a", 8080, Map.of("hawser-export", "true")),
            instance("b", 8080, Map.of("hawser-export", "east,north")),
            instance("c", 8080, Map.of("hawser-export", "east"))));

    assertThat(only().exposure()).isEqualTo(new Exposure.Only(Set.of("east")));
  }

  @Test
  void aBadInstanceIsRejectedAlone() {
    view.add(
        List.of(
            instance("a", 8080, Map.of()),
            instance("b", 0, Map.of()),
            instance("c", 8080, Map.of("hawser-namespace", "Shop")),
            instance("d", 8080, Map.of("hawser-protocol", "smtp")),
            instance("e", 8080, Map.of("hawser-export", "No One")),
            instance("f", 8080, Map.of("hawser-protocol", "tcp"))));

    assertThat(only().endpoints()).extracting(Endpoint::id).containsExactly("node-1/a", "node-1/e");
    assertThat(view.rejected())
        .extracting(Rejected::toString)
        .satisfiesExactlyInAnyOrder(
            it ->
                assertThat(it)
                    .isEqualTo(
                        "Consul service orders on node-1/b: port: 0 (expected: 1-65535; the mesh calls a service by port)"),
            it ->
                assertThat(it)
                    .startsWith("Consul service orders on node-1/c: namespace: 'Shop' (expected: "),
            it ->
                assertThat(it)
                    .isEqualTo(
                        "Consul service orders on node-1/d: meta hawser-protocol: 'smtp' (expected: http, http2, grpc, tcp or tls)"),
            it ->
                assertThat(it)
                    .startsWith(
                        "Consul service orders on node-1/e: meta hawser-export: export to cluster: 'No One'")
                    .endsWith("; not exported"),
            it ->
                assertThat(it)
                    .isEqualTo(
                        "Consul service orders on node-1/f: meta hawser-protocol: 'tcp' (expected: 'http', as the first instance of orders.default says)"));
    assertThat(services().getFirst().exposure()).isEqualTo(Exposure.hidden());
  }

  private Service only() {
    List<Service> services = services();
    assertThat(services).hasSize(1);
    return services.getFirst();
  }

  private List<Service> services() {
    return view.services(Instance::isHealthy);
  }

  private static Instance instance(String id, int port, Map<String, String> meta) {
    return new Instance("node-1", id, "orders", "10.0.0.1", port, meta, Map.of(), 1, 1, List.of());
  }
}
