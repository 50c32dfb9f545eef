package dev.hawser.controlplane.xds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.controlplane.snapshot.LocalCluster;
import dev.hawser.controlplane.snapshot.MeshTrust;
import dev.hawser.trust.authority.RevocationList;
import dev.hawser.trust.authority.RootAuthority;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.TrustDomain;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What each kind of client is sent for one and the same mesh. */
class XdsTranslatorGoldenTest {
  private static final Path ROOT = Path.of("src/test/resources/golden/xds/root.pem");

  private final MeshFixture mesh = MeshFixture.standard();

  @Test
  void aSidecarsListenersAreInboundOutboundByHostAndOnePerUpstream() {
    ProxyNode web =
        node(
            "sidecar",
            "127.1.0.10",
            Nodes.upstream("orders.shop", 8080, "127.1.0.10:9001"),
            Nodes.upstream("ledger.shop", 5432, "127.1.0.10:9002"));
    Golden.compare(
        "sidecar-listeners.json", translator().everything(ResourceType.LISTENER, web).values());
  }

  @Test
  void aSidecarBeforeARawTcpServiceAuthorizesByTheExport() {
    ProxyNode ledger =
        NodeReader.read(
            Nodes.node("ledger-1", "sidecar", "127.1.1.3"),
            dev.hawser.trust.spiffe.SpiffeId.parse(
                MeshFixture.identity("east", MeshFixture.LEDGER)),
            mesh.local);
    Golden.compare("sidecar-inbound-tcp.json", named(ledger, ResourceType.LISTENER, "inbound"));
  }

  @Test
  void aSidecarGetsByNameWhatItAsksFor() {
    ProxyNode web = node("sidecar", "127.1.0.10");
    List<XdsResource> resources = new ArrayList<>();
    resources.addAll(
        named(
            web,
            ResourceType.CLUSTER,
            "orders.shop:8080",
            "ledger.shop:5432",
            "greeter.shop:9000",
            "inbound|80|web.shop"));
    resources.addAll(
        named(
            web,
            ResourceType.ENDPOINT,
            "orders.shop:8080",
            "payments.shop:8080",
            "ledger.shop:5432"));
    resources.addAll(
        named(web, ResourceType.ROUTE, "orders.shop:8080", "greeter.shop:9000", "outbound-http"));
    resources.addAll(
        named(
            web,
            ResourceType.VIRTUAL_HOST,
            "outbound-http/orders.shop.svc.cluster.local:8080",
            "outbound-http/payments"));
    Golden.compare("sidecar-by-name.json", resources);
  }

  @Test
  void trustTravelsAsOneBundlePerTrustDomain() throws IOException {
    String pem = Files.readString(ROOT);
    mesh.trust =
        MeshTrust.of(
            TrustBundles.of(
                TrustBundle.fromPem(new TrustDomain("east.mesh.internal"), pem, 1),
                TrustBundle.fromPem(new TrustDomain("west.mesh.internal"), pem, 1)));
    Golden.compare(
        "bundles.json", named(node("sidecar", "127.1.0.10"), ResourceType.SECRET, "bundles"));
  }

  @Test
  void revokedIntermediatesTravelAsTheRootsListAndBesideItWhoSignsNow() throws Exception {
    RootAuthority root = RootAuthority.create("mesh.internal", InstantSource.system());
    RevocationList list = root.revoke(List.of(BigInteger.TEN), 7, Duration.ofDays(1));
    TrustBundles bundles =
        TrustBundles.of(
            new TrustBundle(new TrustDomain("east.mesh.internal"), List.of(root.certificate()), 1));
    mesh.trust = new MeshTrust(bundles, Optional.of(list), "0a");
    ProxyNode web = node("sidecar", "127.1.0.10");
    XdsResource before = named(web, ResourceType.SECRET, "bundles").getFirst();

    Secret secret = before.body().unpack(Secret.class);
    byte[] crl = secret.getValidationContext().getCrl().getInlineBytes().toByteArray();
    assertThat(RevocationList.parse(crl).verify(List.of(root.certificate())).serials())
        .containsExactly(BigInteger.TEN);
    assertThat(
            before
                .metadata()
                .orElseThrow()
                .getFilterMetadataOrThrow("hawser")
                .getFieldsOrThrow("issuer")
                .getStringValue())
        .isEqualTo("0a");

    mesh.trust = new MeshTrust(bundles, Optional.of(list), "0b");
    XdsResource after = named(web, ResourceType.SECRET, "bundles").getFirst();
    assertThat(after.body()).isEqualTo(before.body());
    assertThat(after.version()).as("another signer is news").isNotEqualTo(before.version());
  }

  @Test
  void aGatewayGetsTheExportedServicesTheControlPlaneAndThePeersGateways() {
    ProxyNode gateway =
        NodeReader.read(Nodes.node("gw-1", "gateway", "127.1.0.2"), Nodes.GATEWAY, mesh.local);
    XdsTranslator translator = translator();
    List<XdsResource> resources = new ArrayList<>();
    resources.addAll(translator.everything(ResourceType.LISTENER, gateway).values());
    resources.addAll(translator.everything(ResourceType.CLUSTER, gateway).values());
    resources.addAll(
        named(
            gateway,
            ResourceType.ENDPOINT,
            "p8080.orders.shop.east.mesh.internal",
            "p5432.ledger.shop.east.mesh.internal",
            "gateway.west.mesh.internal"));
    Golden.compare("gateway.json", resources);
  }

  @Test
  void anEnvoyGetsWhatItsUpstreamsNeedAndServiceLevelEndpoints() {
    ProxyNode envoy =
        node(
            "envoy",
            "127.1.0.10",
            Nodes.upstream("orders.shop", 8080, "127.1.0.10:9001"),
            Nodes.upstream("ledger.shop", 5432, "127.1.0.10:9002"));
    XdsTranslator translator = translator();
    List<XdsResource> resources = new ArrayList<>();
    resources.addAll(translator.everything(ResourceType.LISTENER, envoy).values());
    resources.addAll(translator.everything(ResourceType.CLUSTER, envoy).values());
    resources.addAll(named(envoy, ResourceType.ENDPOINT, "orders.shop:8080", "ledger.shop:5432"));
    resources.addAll(named(envoy, ResourceType.ROUTE, "orders.shop:8080", "outbound-http"));
    Golden.compare("envoy.json", resources);
  }

  @Test
  void aGrpcClientGetsAnApiListenerAndCertificateProviders() {
    ProxyNode grpc = node("grpc", "");
    List<XdsResource> resources = new ArrayList<>();
    resources.addAll(named(grpc, ResourceType.LISTENER, "orders.shop", "greeter.shop:9000"));
    resources.addAll(named(grpc, ResourceType.ROUTE, "orders.shop:8080", "greeter.shop:9000"));
    resources.addAll(named(grpc, ResourceType.CLUSTER, "orders.shop:8080"));
    resources.addAll(named(grpc, ResourceType.ENDPOINT, "orders.shop:8080"));
    Golden.compare("grpc.json", resources);
  }

  private XdsTranslator translator() {
    return XdsTranslator.of(mesh.snapshot());
  }

  private ProxyNode node(String kind, String address, ExplicitUpstream... upstreams) {
    LocalCluster local = mesh.local;
    return NodeReader.read(Nodes.node("web-1", kind, address, upstreams), Nodes.WEB, local);
  }

  private List<XdsResource> named(ProxyNode node, ResourceType type, String... names) {
    XdsTranslator translator = translator();
    List<XdsResource> found = new ArrayList<>();
    for (String name : names) {
      found.add(translator.named(type, name, node).orElseThrow());
    }
    return found;
  }
}
