package dev.hawser.controlplane.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.Provenance;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.policy.Policies;
import dev.hawser.controlplane.policy.Policy;
import dev.hawser.controlplane.snapshot.MeshEndpoint;
import dev.hawser.controlplane.snapshot.MeshService;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A policy that cannot do what it says is said so. */
class PolicyEffectsTest {
  private static final ServiceName ORDERS = ServiceName.parse("orders.shop");

  @Test
  void anUnknownServiceIsNamed() {
    assertThat(PolicyEffects.of(rule("simple: RANDOM"), Map.of(), List.of()))
        .containsExactly(
            "DestinationRule shop/orders has no effect yet: no service orders.shop is known in"
                + " this cluster.");
  }

  @Test
  void aShareForAPlaceWithoutEndpointsAndAFailoverWithNowhereToGoAreNamed() {
    assertThat(
            PolicyEffects.of(
                rule("localityLbSetting: {distribute: [{from: east, to: {east: 70, west: 30}}]}"),
                services(Protocol.HTTP),
                List.of()))
        .singleElement()
        .asString()
        .contains("30 % to west", "no endpoint now");
    assertThat(
            PolicyEffects.of(
                rule("localityLbSetting: {failover: [{from: east, to: north}]}"),
                services(Protocol.HTTP),
                List.of()))
        .singleElement()
        .asString()
        .contains("region north");
  }

  @Test
  void routesForAServiceThatDoesNotSpeakHttpAreNamed() {
    assertThat(PolicyEffects.of(routes("orders"), services(Protocol.TCP), List.of()))
        .singleElement()
        .asString()
        .contains("no port of orders.shop is declared to speak HTTP");
  }

  @Test
  void aRouteToAnUnknownServiceIsNamed() {
    assertThat(PolicyEffects.of(routes("nowhere"), services(Protocol.HTTP), List.of()))
        .singleElement()
        .asString()
        .contains("spec.http[0] routes to nowhere.shop", "503");
  }

  @Test
  void aPolicyThatAnotherOutranksIsNamed() {
    Policy other =
        Policies.read(
            """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: a-first, namespace: shop}
            spec: {host: orders}
            """);

    assertThat(PolicyEffects.of(rule("simple: RANDOM"), services(Protocol.HTTP), List.of(other)))
        .singleElement()
        .asString()
        .contains("DestinationRule shop/a-first is older");
  }

  @Test
  void aPolicyThatWorksIsSilent() {
    assertThat(PolicyEffects.of(rule("simple: RANDOM"), services(Protocol.HTTP), List.of()))
        .isEmpty();
    assertThat(PolicyEffects.of(routes("orders"), services(Protocol.HTTP), List.of())).isEmpty();
  }

  private static Policy rule(String balancer) {
    return Policies.read(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: orders, namespace: shop}
        spec: {host: orders, trafficPolicy: {loadBalancer: {%s}}}
        """
            .formatted(balancer));
  }

  private static Policy routes(String destination) {
    return Policies.read(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: orders, namespace: shop}
        spec: {hosts: [orders], http: [{route: [{destination: {host: %s}}]}]}
        """
            .formatted(destination));
  }

  private static Map<ServiceName, MeshService> services(Protocol protocol) {
    Endpoint endpoint =
        new Endpoint(
            "a",
            "10.0.0.1",
            Map.of(),
            "east",
            Locality.parse("east/a"),
            true,
            "orders",
            1,
            Map.of(),
            new Provenance(Provenance.Registry.FILE, "file", "east", "a", Instant.EPOCH));
    MeshService orders =
        new MeshService(
            ORDERS,
            List.of(new ServicePort("p", 8080, protocol)),
            List.of(),
            Exposure.hidden(),
            List.of(
                new MeshEndpoint(
                    endpoint,
                    Set.of(8080),
                    "id",
                    true,
                    15006,
                    Exposure.hidden(),
                    Optional.empty())),
            List.of(),
            List.of(),
            Instant.EPOCH);
    return Map.of(ORDERS, orders);
  }
}
