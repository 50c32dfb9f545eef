package dev.hawser.engine.xds;

import static dev.hawser.engine.testing.FakeControlPlane.resource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.UnknownFieldSet;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.engine.testing.FakeControlPlane;
import dev.hawser.engine.testing.MutableIdentity;
import dev.hawser.engine.tls.MeshTls;
import dev.hawser.engine.tls.TlsProvider;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.x509.Certificates;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdsClientTest {
  private static final ClusterName EAST = new ClusterName("east", "mesh.internal");
  private static final Node NODE = Node.newBuilder().setId("web-1").setCluster("web").build();
  private static final Cluster GOOD = Cluster.newBuilder().setName("orders.shop:8080").build();
  private static final Cluster BAD = GOOD.toBuilder().setLbPolicy(Cluster.LbPolicy.MAGLEV).build();

  @TempDir private Path dir;

  private final TestAuthority authority = TestAuthority.create();
  private final MutableIdentity identity =
      new MutableIdentity(authority.workload("east", "shop", "web"), authority.bundles("east"));
  private final RecordingApplier clusters = new RecordingApplier();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private <T extends AutoCloseable> T closing(T one) {
    open.add(one);
    return one;
  }

  private FakeControlPlane controlPlane() throws IOException {
    return closing(new FakeControlPlane(authority.controlPlane("east"), authority.bundles("east")));
  }

  private AdsClient client(TlsProvider provider, String... addresses) throws IOException {
    return client(provider, clusters, addresses);
  }

  private AdsClient client(TlsProvider provider, RecordingApplier applier, String... addresses)
      throws IOException {
    MeshTls tls =
        closing(
            MeshTls.start(
                identity,
                new MeshTls.Options(provider, Duration.ofSeconds(2), InstantSource.system())));
    ControlPlaneDialer dialer =
        closing(new ControlPlaneDialer(tls, identity, EAST, () -> List.of(addresses)));
    return closing(AdsClient.builder(NODE, dialer, dir).register(applier).build());
  }

  private static AdsStatus.Type clusterStatus(AdsClient client) {
    return Objects.requireNonNull(client.status().types().get(TypeUrls.CLUSTER));
  }

  @ParameterizedTest
  @EnumSource(TlsProvider.class)
  void aWildcardIsAskedForOnceAndEachResponseIsAcknowledged(TlsProvider provider) throws Exception {
    FakeControlPlane server = controlPlane();
    AdsClient client = client(provider, server.address());
    client.subscribeWildcard(TypeUrls.CLUSTER);
    client.start();
    DeltaDiscoveryRequest first = server.request();
    assertThat(first.getNode()).isEqualTo(NODE);
    assertThat(first.getTypeUrl()).isEqualTo(TypeUrls.CLUSTER);
    assertThat(first.getResourceNamesSubscribeList()).containsExactly("*");
    assertThat(client.served(TypeUrls.CLUSTER)).isNotCompleted();

    String nonce =
        server.send(
            TypeUrls.CLUSTER,
            List.of(resource("a", "1", GOOD), resource("b", "1", GOOD)),
            List.of());
    DeltaDiscoveryRequest ack = server.reply();
    assertThat(ack.getResponseNonce()).isEqualTo(nonce);
    assertThat(ack.hasErrorDetail()).isFalse();
    assertThat(ack.hasNode()).isFalse();
    assertThat(clusters.events).containsExactly("+a@1", "+b@1", ".");
    assertThat(client.served(TypeUrls.CLUSTER)).succeedsWithin(Duration.ofSeconds(5));
    assertThat(client.status().connected()).isTrue();
    assertThat(client.status().contactAge()).contains(Duration.ZERO);

    server.send(TypeUrls.CLUSTER, List.of(resource("b", "2", GOOD)), List.of("a"));
    assertThat(server.reply().hasErrorDetail()).isFalse();
    assertThat(clusters.inForce).containsOnlyKeys("b").containsEntry("b", "2");
    assertThat(server.serverNames()).containsExactly("control-plane.east.mesh.internal");
  }

  @Test
  void aRefusalNamesResourceAndFieldAndKeepsTheGoodOnesAndTheFormerOne() throws Exception {
    FakeControlPlane server = controlPlane();
    AdsClient client = client(TlsProvider.best(), server.address());
    client.subscribeWildcard(TypeUrls.CLUSTER);
    client.start();
    server.request();
    server.send(TypeUrls.CLUSTER, List.of(resource("a", "1", GOOD)), List.of());
    server.reply();
    String nonce =
        server.send(
            TypeUrls.CLUSTER,
            List.of(resource("a", "2", BAD), resource("b", "2", GOOD)),
            List.of());
    DeltaDiscoveryRequest nack = server.reply();
    assertThat(nack.getResponseNonce()).isEqualTo(nonce);
    assertThat(nack.getErrorDetail().getMessage())
        .isEqualTo("a: lb_policy: MAGLEV (expected: ROUND_ROBIN)");
    assertThat(clusters.inForce).containsEntry("a", "1").containsEntry("b", "2");
    await()
        .untilAsserted(() ->
            assertThat(clusterStatus(client))
                .satisfies(s -> assertThat(s.nack()).contains("lb_policy"))
                .satisfies(s -> assertThat(s.versions()).containsEntry("a", "1")));

    server.send(TypeUrls.CLUSTER, List.of(resource("a", "3", GOOD)), List.of());
    assertThat(server.reply().hasErrorDetail()).isFalse();
    await().untilAsserted(() -> assertThat(clusterStatus(client).nack()).isEmpty());
  }

  @Test
  void aFieldNewerThanThisProxyIsRefusedByItsPath() throws Exception {
    FakeControlPlane server = controlPlane();
    AdsClient client = client(TlsProvider.best(), server.address());
    client.subscribeWildcard(TypeUrls.CLUSTER);
    client.start();
    server.request();
    Cluster.Builder future = GOOD.toBuilder();
    future
        .getCommonLbConfigBuilder()
        .setUnknownFields(
            UnknownFieldSet.newBuilder()
                .addField(999, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build());
    server.send(TypeUrls.CLUSTER, List.of(resource("a", "1", future.build())), List.of());
    assertThat(server.reply().getErrorDetail().getMessage())
        .startsWith("a: common_lb_config.#999: unknown field");
    assertThat(clusters.inForce).isEmpty();
  }

  @Test
  void namesAreSubscribedTogetherAndWhatDoesNotExistIsReported() throws Exception {
    FakeControlPlane server = controlPlane();
    AdsClient client = client(TlsProvider.best(), server.address());
    client.subscribe(TypeUrls.CLUSTER, Set.of("a", "b"));
    client.start();
    assertThat(server.request().getResourceNamesSubscribeList()).containsExactly("a", "b");
    server.send(TypeUrls.CLUSTER, List.of(resource("a", "1", GOOD)), List.of("b"));
    server.reply();
    assertThat(clusters.events).containsExactly("+a@1", "-b", ".");

    client.replaceSubscriptions(TypeUrls.CLUSTER, Set.of("b", "c", "d"));
    DeltaDiscoveryRequest change = server.request();
    assertThat(change.getResourceNamesSubscribeList()).containsExactly("c", "d");
    assertThat(change.getResourceNamesUnsubscribeList()).containsExactly("a");
    // Sent before our unsubscribe arrived: not put in force any more.
    server.send(TypeUrls.CLUSTER, List.of(resource("a", "2", GOOD)), List.of());
    assertThat(server.reply().hasErrorDetail()).isFalse();
    assertThat(clusters.events).doesNotContain("+a@2");
  }

  @Test
  void anotherControlPlaneIsTakenWhenOneDiesAndToldWhatIsHeld() throws Exception {
    FakeControlPlane one = controlPlane();
    FakeControlPlane two = controlPlane();
    AdsClient client = client(TlsProvider.best(), one.address(), two.address());
    client.subscribeWildcard(TypeUrls.CLUSTER);
    client.start();
    assertThat(one.request().getInitialResourceVersionsMap()).isEmpty();
    one.send(TypeUrls.CLUSTER, List.of(resource("a", "7", GOOD)), List.of());
    one.reply();
    one.close();
    DeltaDiscoveryRequest again = two.request();
    assertThat(again.getNode()).isEqualTo(NODE);
    assertThat(again.getResourceNamesSubscribeList()).containsExactly("*");
    assertThat(again.getInitialResourceVersionsMap()).containsOnly(Map.entry("a", "7"));
    assertThat(again.getResponseNonce()).isEmpty();
    assertThat(clusters.inForce).containsKey("a");
    two.send(TypeUrls.CLUSTER, List.of(), List.of("a"));
    two.reply();
    assertThat(clusters.inForce).isEmpty();
  }

  @Test
  void theAgeOfTheLastContactGrowsWhileNobodyAnswers() throws Exception {
    FakeControlPlane server = controlPlane();
    AdsClient client = client(TlsProvider.best(), server.address());
    client.subscribeWildcard(TypeUrls.CLUSTER);
    assertThat(client.status().contactAge()).isEmpty();
    client.start();
    server.request();
    server.send(TypeUrls.CLUSTER, List.of(), List.of());
    server.reply();
    server.close();
    await().until(() -> !client.status().connected());
    await()
        .untilAsserted(() ->
            assertThat(client.status().contactAge())
                .hasValueSatisfying(age -> assertThat(age).isGreaterThan(Duration.ofMillis(50))));
  }

  @Test
  void aRestartWithoutControlPlaneServesWhatWasLastGood() throws Exception {
    FakeControlPlane server = controlPlane();
    AdsClient first = client(TlsProvider.best(), server.address());
    first.subscribe(TypeUrls.CLUSTER, Set.of("a", "b"));
    first.start();
    server.request();
    server.send(
        TypeUrls.CLUSTER, List.of(resource("a", "1", GOOD), resource("b", "4", GOOD)), List.of());
    server.reply();
    server.send(TypeUrls.CLUSTER, List.of(resource("a", "2", BAD)), List.of());
    server.reply();
    first.close();
    server.close();
    Path file = dir.resolve("Cluster.pb");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");

    RecordingApplier restarted = new RecordingApplier();
    AdsClient second = client(TlsProvider.best(), restarted, server.address());
    second.subscribe(TypeUrls.CLUSTER, "a");
    second.start();
    assertThat(second.served(TypeUrls.CLUSTER)).succeedsWithin(Duration.ofSeconds(5));
    assertThat(restarted.inForce).containsOnly(Map.entry("a", "1"));
    // Wanted later, still without a control plane.
    second.subscribe(TypeUrls.CLUSTER, "b");
    await().until(() -> "4".equals(restarted.inForce.get("b")));

    Svid again = authority.controlPlane("east");
    FakeControlPlane back =
        closing(new FakeControlPlane(server.port(), _ -> again, authority.bundles("east")));
    assertThat(back.request().getInitialResourceVersionsMap())
        .containsEntry("a", "1")
        .containsEntry("b", "4");
  }

  @Test
  void aDamagedFileIsLeftAsideAndTheStartGoesOn() throws Exception {
    Files.write(dir.resolve("Cluster.pb"), new byte[] {1, 2, 3, 4, 5});
    FakeControlPlane server = controlPlane();
    AdsClient client = client(TlsProvider.best(), server.address());
    client.subscribeWildcard(TypeUrls.CLUSTER);
    client.start();
    assertThat(server.request().getInitialResourceVersionsMap()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(TlsProvider.class)
  void nobodyButTheControlPlaneHearsWhoWeAre(TlsProvider provider) throws Exception {
    FakeControlPlane impostor =
        closing(
            new FakeControlPlane(
                authority.svid(
                    SpiffeId.parse("spiffe://east.mesh.internal/ns/hawser-system/sa/gateway")),
                authority.bundles("east")));
    AdsClient client = client(provider, impostor.address());
    client.subscribeWildcard(TypeUrls.CLUSTER);
    client.start();
    // It is refused under both server names, and tried again.
    assertThat(impostor.serverNames().poll(10, TimeUnit.SECONDS)).startsWith("control-plane.");
    assertThat(impostor.serverNames().poll(10, TimeUnit.SECONDS)).startsWith("r");
    assertThat(impostor.serverNames().poll(10, TimeUnit.SECONDS)).startsWith("control-plane.");
    assertThat(impostor.requests()).isEmpty();
    assertThat(client.status().connected()).isFalse();
  }

  @Test
  void whoWasAwayWhileTheRootChangedIsServedUnderTheOldRoot() throws Exception {
    Svid underNewRoot = TestAuthority.create().controlPlane("east");
    Svid underOldRoot = authority.controlPlane("east");
    String oldName =
        "r"
            + Certificates.fingerprint(authority.root().certificate()).substring(0, 16)
            + ".control-plane.east.mesh.internal";
    FakeControlPlane server =
        closing(
            new FakeControlPlane(
                0,
                name -> name.equals(oldName) ? underOldRoot : underNewRoot,
                authority.bundles("east")));
    AdsClient client = client(TlsProvider.best(), server.address());
    client.subscribeWildcard(TypeUrls.CLUSTER);
    client.start();
    assertThat(server.request().getNode()).isEqualTo(NODE);
    assertThat(server.serverNames()).containsExactly("control-plane.east.mesh.internal", oldName);
  }

  @Test
  void aStreamEndsWhenItsControlPlaneIsNoLongerTrusted() throws Exception {
    FakeControlPlane server = controlPlane();
    AdsClient client = client(TlsProvider.best(), server.address());
    client.subscribeWildcard(TypeUrls.CLUSTER);
    client.start();
    server.request();
    server.send(TypeUrls.CLUSTER, List.of(resource("a", "1", GOOD)), List.of());
    server.reply();
    identity.trust(
        authority
            .bundles("east")
            .withRevoked(Set.of(authority.cluster("east").intermediate().getSerialNumber())));
    await().atMost(Duration.ofSeconds(5)).until(() -> !client.status().connected());
    assertThat(clusters.inForce).containsKey("a");
  }
}
