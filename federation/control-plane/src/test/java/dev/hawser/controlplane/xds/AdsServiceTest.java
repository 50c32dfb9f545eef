package dev.hawser.controlplane.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.policy.Policies;
import dev.hawser.trust.spiffe.SpiffeId;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Configuration over a real connection. */
class AdsServiceTest {
  private static final String ORDERS = "orders.shop:8080";

  private final MeshFixture mesh = MeshFixture.standard();
  private final DiscoveryServer server = new DiscoveryServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void nothingIsSentBeforeTheFirstSnapshotAndThenAllThatWasAskedFor() throws Exception {
    try (DeltaClient client = client("web-1")) {
      client.subscribe(ResourceType.CLUSTER, ORDERS);
      client.subscribe(ResourceType.ENDPOINT, ORDERS);
      assertThat(client.hasResponse()).isFalse();

      publish();

      assertThat(client.nextAcknowledged().getTypeUrl()).isEqualTo(ResourceType.CLUSTER.url());
      assertThat(client.nextAcknowledged().getTypeUrl()).isEqualTo(ResourceType.ENDPOINT.url());
    }
  }

  @Test
  void aChangeReachesWhoUsesItAndNobodyElse() throws Exception {
    publish();
    try (DeltaClient user = client("web-1");
        DeltaClient other = client("web-2")) {
      user.subscribe(ResourceType.ENDPOINT, ORDERS);
      user.nextAcknowledged();
      other.subscribe(ResourceType.ENDPOINT, "greeter.shop:9000");
      other.nextAcknowledged();

      mesh.export("west", MeshFixture.ORDERS, MeshFixture.port(8080, Protocol.HTTP), 0, 3, 7);
      publish();

      assertThat(DeltaClient.names(user.nextAcknowledged())).containsExactly(ORDERS);
      assertThat(other.hasResponse()).isFalse();
    }
  }

  @Test
  void aHostIsSubscribedOnDemandAndAnswersWhenItAppears() throws Exception {
    publish();
    try (DeltaClient client = client("web-1")) {
      client.subscribe(ResourceType.VIRTUAL_HOST, "outbound-http/later.shop:80");
      assertThat(client.nextAcknowledged().getRemovedResourcesList())
          .containsExactly("outbound-http/later.shop:80");

      mesh.add(
          ServiceName.parse("later.shop"),
          MeshFixture.port(80, Protocol.HTTP),
          Exposure.hidden(),
          "east/a:127.1.1.9");
      publish();

      assertThat(DeltaClient.names(client.nextAcknowledged()))
          .containsExactly("outbound-http/later.shop:80");
    }
  }

  @Test
  void aRefusalIsShownAndTheSameBytesAreNotSentAgain() throws Exception {
    publish();
    try (DeltaClient client = client("web-1")) {
      client.subscribe(ResourceType.CLUSTER, ORDERS);
      client.refuse(client.next(), "orders.shop:8080: lb_policy: no");
      await().until(() -> nackOf("web-1").equals("CDS: orders.shop:8080: lb_policy: no"));

      mesh.add(
          ServiceName.parse("new.shop"),
          MeshFixture.port(80, Protocol.HTTP),
          Exposure.hidden(),
          "east/a:127.1.1.9");
      publish();
      client.subscribe(ResourceType.ENDPOINT, ORDERS);
      assertThat(client.nextAcknowledged().getTypeUrl()).isEqualTo(ResourceType.ENDPOINT.url());
      assertThat(client.hasResponse()).isFalse();

      mesh.policies.add(
          Policies.read(
              """
              apiVersion: networking.istio.io/v1
              kind: DestinationRule
              metadata: {name: orders, namespace: shop}
              spec: {host: orders, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}
              """));
      publish();
      assertThat(DeltaClient.names(client.nextAcknowledged())).containsExactly(ORDERS);
      await().until(() -> nackOf("web-1").isEmpty());
    }
  }

  @Test
  void aClientThatComesBackIsToldWhatChangedMeanwhile() throws Exception {
    publish();
    Map<String, String> versions;
    try (DeltaClient client = client("web-1")) {
      client.subscribe(ResourceType.ENDPOINT, ORDERS, "greeter.shop:9000", "ledger.shop:5432");
      DeltaDiscoveryResponse response = client.nextAcknowledged();
      versions = new java.util.HashMap<>();
      response.getResourcesList().forEach(it -> versions.put(it.getName(), it.getVersion()));
    }
    mesh.services.removeIf(service -> service.name().equals(MeshFixture.LEDGER));
    mesh.export("west", MeshFixture.ORDERS, MeshFixture.port(8080, Protocol.HTTP), 9);
    publish();

    try (DeltaClient client = client("web-1")) {
      client.resume(ResourceType.ENDPOINT, versions);

      DeltaDiscoveryResponse response = client.nextAcknowledged();
      assertThat(DeltaClient.names(response)).containsExactly(ORDERS);
      assertThat(response.getRemovedResourcesList()).containsExactly("ledger.shop:5432");
    }
  }

  @Test
  void aClientThatDoesNotReadHoldsBackNobody() throws Exception {
    publish();
    try (DeltaClient stuck = new DeltaClient(server, node("stuck"), false);
        DeltaClient client = client("web-1")) {
      stuck.subscribe(ResourceType.ENDPOINT, ORDERS);
      client.subscribe(ResourceType.ENDPOINT, ORDERS);
      client.nextAcknowledged();
      for (int slot = 10; slot < 60; slot++) {
        mesh.export("west", MeshFixture.ORDERS, MeshFixture.port(8080, Protocol.HTTP), slot);
        publish();
        assertThat(DeltaClient.names(client.nextAcknowledged())).containsExactly(ORDERS);
      }
    }
  }

  @Test
  void aSidecarThatTookItsListenersMakesItsEndpointMeshed() throws Exception {
    publish();
    server.callersAre(Nodes.ORDERS);
    try (DeltaClient orders =
        new DeltaClient(server, Nodes.node("orders-1", "sidecar", "127.1.1.1"))) {
      orders.subscribe(ResourceType.LISTENER, "*");
      DeltaDiscoveryResponse listeners = orders.next();
      assertThat(DeltaClient.names(listeners)).containsExactly("inbound", "outbound-http");
      assertThat(server.proxies.present()).isEmpty();

      orders.acknowledge(listeners);

      await().until(() -> server.proxies.present().size() == 1);
      assertThat(server.proxies.proxies().getFirst().synced()).isTrue();
    }
  }

  @Test
  void anIdentityOfAnotherClusterIsRefused() throws Exception {
    publish();
    server.callersAre(SpiffeId.parse("spiffe://west.mesh.internal/ns/shop/sa/web"));
    try (DeltaClient client = client("web-1")) {
      client.subscribe(ResourceType.ENDPOINT, ORDERS);

      assertThat(Status.fromThrowable(client.ended()).getCode())
          .isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(server.proxies.proxies()).isEmpty();
    }
  }

  @Test
  void aControlPlaneThatStopsSendsItsClientsElsewhere() throws Exception {
    publish();
    try (DeltaClient client = client("web-1")) {
      client.subscribe(ResourceType.ENDPOINT, ORDERS);
      client.nextAcknowledged();

      server.ads.close();

      assertThat(Status.fromThrowable(client.ended()).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  @Test
  void aClientThatIsGoneIsForgotten() throws Exception {
    publish();
    try (DeltaClient client = client("web-1")) {
      client.subscribe(ResourceType.ENDPOINT, ORDERS);
      client.nextAcknowledged();
      assertThat(server.proxies.proxies()).hasSize(1);
    }

    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(server.proxies.proxies()).isEmpty());
  }

  private void publish() {
    server.snapshots.publish(mesh.snapshot());
  }

  private DeltaClient client(String id) {
    return new DeltaClient(server, node(id));
  }

  private static io.envoyproxy.envoy.config.core.v3.Node node(String id) {
    return Nodes.node(id, "sidecar", "127.1.0.10");
  }

  private String nackOf(String id) {
    List<ConnectedProxy> found =
        server.proxies.proxies().stream().filter(proxy -> proxy.id().equals(id)).toList();
    return found.isEmpty() ? "" : found.getFirst().nack();
  }
}
