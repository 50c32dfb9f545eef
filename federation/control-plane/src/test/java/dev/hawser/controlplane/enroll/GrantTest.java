package dev.hawser.controlplane.enroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.api.admin.TokenRequest;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.state.StateJson;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class GrantTest {
  private static final TrustDomain EAST = new TrustDomain("east.mesh.internal");

  private static TokenRequest vm(String service, String export, String... ports) {
    return new TokenRequest(
        "VM",
        "vm-1",
        "shop",
        "billing",
        List.of(new TokenRequest.LeasedService(service, List.of(ports), export)),
        0);
  }

  @Test
  void aVmTokenGrantsItsServicesWithTheirPorts() {
    Grant grant = Grant.of(vm("billing.shop", "west", "web:8080/http=9000", "grpc-x:9090", "5432"));
    assertThat(grant.identity(EAST)).contains(SpiffeId.workload(EAST, "shop", "billing"));
    assertThat(grant.grantedServices())
        .containsExactly(
            new GrantedService(
                new ServiceName("billing", "shop"),
                List.of(
                    new ServicePort("web", 8080, Protocol.HTTP),
                    new ServicePort("grpc-x", 9090, Protocol.GRPC),
                    new ServicePort("", 5432, Protocol.TCP)),
                Map.of(8080, 9000),
                new Exposure.Only(Set.of("west"))));
    assertThat(StateJson.read("grant", StateJson.write(grant), Grant.class)).isEqualTo(grant);
  }

  @Test
  void gatewaysGetTheSystemIdentityAndClustersNone() {
    assertThat(Grant.of(request("GATEWAY", "gw-1", "", "")).identity(EAST))
        .contains(SpiffeId.gateway(EAST));
    assertThat(Grant.of(request("CLUSTER", "", "", "")).identity(EAST)).isEmpty();
  }

  @Test
  void whatMakesNoSenseIsRefusedByNameAndValue() {
    assertRefused(request("POD", "", "", ""), "kind: 'POD'");
    assertRefused(request("WORKLOAD", "", "Shop", "web"), "namespace: 'Shop'");
    assertRefused(request("WORKLOAD", "", "shop", ""), "serviceAccount: ''");
    assertRefused(request("WORKLOAD", "", "hawser-system", "control-plane"), "hawser-system");
    assertRefused(request("CLUSTER", "West!", "", ""), "name of the cluster: 'West!'");
    assertRefused(request("VM", "vm-1", "shop", "billing"), "services: none");
    assertRefused(vm("billing.other", "true", "80"), "billing.other");
    assertRefused(vm("billing", "true", "80"), "name.namespace");
    assertRefused(vm("billing.shop", "true"), "ports of billing.shop: 0");
    assertRefused(vm("billing.shop", "true", "80", "80/http"), "80 is named twice");
    for (String port :
        List.of("0", "65536", "x", "80/nope", "80=0", "80=", ":", "080", "80/http/x")) {
      assertRefused(vm("billing.shop", "true", port), "port: '" + port + "'");
    }
    assertRefused(vm("billing.shop", "We st", "80"), "We st");
  }

  private static TokenRequest request(
      String kind, String name, String namespace, String serviceAccount) {
    return new TokenRequest(kind, name, namespace, serviceAccount, List.of(), 0);
  }

  private static void assertRefused(TokenRequest request, String naming) {
    assertThatThrownBy(() -> Grant.of(request))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(naming);
  }
}
