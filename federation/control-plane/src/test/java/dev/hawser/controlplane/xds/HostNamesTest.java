package dev.hawser.controlplane.xds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which hosts reach a service by subscription on demand. */
class HostNamesTest {
  private final MeshFixture mesh = MeshFixture.standard();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "orders",
        "orders:8080",
        "orders.shop",
        "ORDERS.shop.:8080",
        "orders.shop.svc:8080",
        "orders.shop.svc.cluster.local",
        "orders.shop.svc.clusterset.local:8080"
      })
  void everySpellingReachesTheService(String host) {
    assertThat(find(host).map(XdsResource::name)).isEqualTo(Optional.of("outbound-http/" + host));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        ":8080",
        "orders:",
        "orders:0",
        "orders:65536",
        "orders:08080x",
        "orders:8081",
        "example.com",
        "ledger.shop:5432",
        "nobody.shop",
        "[::1]:8080",
        "orders.shop:8080:8080"
      })
  void anyOtherHostIsNothing(String host) {
    assertThat(find(host)).isEmpty();
  }

  @Test
  void consulsNamesMeanTheConfiguredNamespace() {
    assertThat(find("orders.service.consul")).isEmpty();
    mesh.local =
        new dev.hawser.controlplane.snapshot.LocalCluster(
            mesh.local.name(),
            "east",
            mesh.local.locality(),
            "shop",
            mesh.local.gateways(),
            mesh.local.controlPlanes());

    assertThat(find("orders.service.consul")).isPresent();
  }

  @ParameterizedTest
  @CsvSource({"web,80", "orders,8080"})
  void withoutAPortItIsEightyOrTheOnlyHttpPort(String host, String port) {
    assertThat(find(host).orElseThrow().body().getValue().toStringUtf8())
        .contains(host + ".shop:" + port);
  }

  private Optional<XdsResource> find(String host) {
    ProxyNode node =
        NodeReader.read(Nodes.node("web-1", "sidecar", "127.1.0.10"), Nodes.WEB, mesh.local);
    return XdsTranslator.of(mesh.snapshot())
        .named(ResourceType.VIRTUAL_HOST, "outbound-http/" + host, node);
  }
}
