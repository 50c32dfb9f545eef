package dev.hawser.controlplane.peer;

import dev.hawser.api.admin.FederationStatus;
import dev.hawser.api.admin.JoinReport;
import dev.hawser.api.admin.JoinRequest;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.PeerState;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.enroll.StateTokenStore;
import dev.hawser.controlplane.enroll.TrustState;
import dev.hawser.controlplane.exports.ExportLedger;
import dev.hawser.controlplane.exports.LocalExport;
import dev.hawser.controlplane.exports.SlotTable;
import dev.hawser.controlplane.state.MemoryStateStore;
import dev.hawser.controlplane.transport.EventLoops;
import dev.hawser.controlplane.transport.GrpcPeerDialer;
import dev.hawser.controlplane.transport.HostPort;
import dev.hawser.controlplane.transport.MeshServer;
import dev.hawser.controlplane.transport.ServerLimits;
import dev.hawser.trust.token.JoinToken;
import dev.hawser.trust.token.TokenIssuer;
import dev.hawser.trust.token.TokenKind;
import dev.hawser.trust.token.TokenLedger;
import dev.hawser.trust.verify.PeerVerifier;
import dev.hawser.trust.x509.Certificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A control plane with a gateway before it, on real loopback sockets with real certificates. */
final class TestCluster implements AutoCloseable {
  static final String MESH_DOMAIN = "mesh.internal";

  private final ClusterName name;
  private final MemoryStateStore store;
  private final TestGateway gateway;
  private final EventLoops loops = new EventLoops();
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger changes = new AtomicInteger();
  private final TrustState trust;
  private final TokenLedger tokens;
  private final Federation federation;
  private final ExportLedger ledger;
  private final MeshServer server;

  TestCluster(String name) {
    this(new ClusterName(name, MESH_DOMAIN), new MemoryStateStore(), new TestGateway());
  }

  TestCluster(ClusterName name, MemoryStateStore store, TestGateway gateway) {
    this(name, store, gateway, InstantSource.system());
  }

  TestCluster(ClusterName name, MemoryStateStore store, TestGateway gateway, InstantSource wall) {
    this(name, store, gateway, wall, List.of(gateway.address()));
  }

  private TestCluster(
      ClusterName name,
      MemoryStateStore store,
      TestGateway gateway,
      InstantSource wall,
      List<String> connected) {
    this.name = name;
    this.store = store;
    this.gateway = gateway;
    PeerVerifier verifier = new PeerVerifier();
    trust = TrustState.open(name, store, wall);
    tokens =
        new TokenLedger(
            new StateTokenStore(store), this::issuer, InstantSource.system(), (_, _) -> {});
    GrpcPeerDialer dialer =
        new GrpcPeerDialer(trust, verifier, InstantSource.system(), loops, calls);
    federation = new Federation(trust, store, tokens, dialer, wall, changes::incrementAndGet);
    ledger = new ExportLedger(store, InstantSource.system(), SlotTable.DEFAULT_DRAIN);
    try {
      server =
          MeshServer.start(
              new HostPort("127.0.0.1", 0),
              federation.services(),
              trust,
              verifier,
              InstantSource.system(),
              ServerLimits.DEFAULT,
              loops);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    gateway.leadTo(server.port());
    federation.gateways(connected);
    awaitTurn();
  }

  /** Starts a cluster to whose control plane no gateway has connected. */
  static TestCluster withoutGateway(String name) {
    return new TestCluster(
        new ClusterName(name, MESH_DOMAIN),
        new MemoryStateStore(),
        new TestGateway(),
        InstantSource.system(),
        List.of());
  }

  /** Waits until the peer loop has done what it was told so far. */
  private void awaitTurn() {
    federation.epoch();
  }

  private TokenIssuer issuer() {
    return new TokenIssuer(
        name.name(),
        name.meshDomain(),
        List.of(),
        List.of(gateway.address()),
        Certificates.fingerprint(trust.rootCertificate()));
  }

  String name() {
    return name.name();
  }

  Federation federation() {
    return federation;
  }

  TrustState trust() {
    return trust;
  }

  TestGateway gateway() {
    return gateway;
  }

  TokenLedger tokens() {
    return tokens;
  }

  MemoryStateStore store() {
    return store;
  }

  int changes() {
    return changes.get();
  }

  JoinToken invite() {
    return invite("");
  }

  JoinToken invite(String subject) {
    return tokens.issue(TokenKind.CLUSTER, subject, "", Duration.ofMinutes(15));
  }

  JoinReport join(JoinToken token) throws FederationException {
    return federation.join(new JoinRequest(token.text(), false));
  }

  /** Exports these services, each with one endpoint, to everyone. */
  void export(String... services) {
    List<LocalExport> exports = new ArrayList<>();
    Arrays.stream(services).forEach(service -> exports.add(local(service, Exposure.everyone())));
    offer(exports);
  }

  void offer(List<LocalExport> services) {
    federation.offer(ledger.update(services));
  }

  LocalExport local(String service, Exposure exposure) {
    ServiceName parsed = ServiceName.parse(service);
    return new LocalExport(
        parsed,
        List.of(new ServicePort("http", 8080, Protocol.HTTP)),
        exposure,
        List.of(
            new LocalExport.Endpoint(
                "file/" + service,
                true,
                "spiffe://"
                    + name.trustDomain()
                    + "/ns/"
                    + parsed.namespace()
                    + "/sa/"
                    + parsed.name(),
                exposure,
                new Locality("eu", "eu-1", ""),
                1)));
  }

  FederationStatus status() {
    return federation.status(List.of());
  }

  Optional<FederationStatus.Member> member(String cluster) {
    return status().members().stream().filter(m -> m.cluster().equals(cluster)).findFirst();
  }

  boolean sees(String cluster, PeerState state) {
    return member(cluster).filter(member -> member.state() == state).isPresent();
  }

  /** Returns the services that a cluster exports to this one, as the merger would see them. */
  List<String> imports(String cluster) {
    return federation.remotes().exports().stream()
        .filter(export -> export.cluster().equals(cluster))
        .map(export -> export.service().toString())
        .toList();
  }

  /** Stops the control plane and starts it again with what it stored. */
  TestCluster restart() {
    stop();
    return new TestCluster(name, store, gateway);
  }

  /** Ends the process but not its gateway. */
  void stop() {
    federation.close();
    server.close();
    loops.close();
    calls.shutdownNow();
  }

  @Override
  public void close() {
    stop();
    gateway.close();
  }
}
