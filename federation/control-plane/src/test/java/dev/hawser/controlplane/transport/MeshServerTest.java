package dev.hawser.controlplane.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.hawser.api.enroll.v1.EnrollRequest;
import dev.hawser.api.enroll.v1.EnrollmentGrpc;
import dev.hawser.api.enroll.v1.RenewRequest;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.peer.v1.PeeringGrpc;
import dev.hawser.trust.authority.ClusterAuthority;
import dev.hawser.trust.authority.IntermediateRequest;
import dev.hawser.trust.authority.RootAuthority;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.testing.Forgery;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.token.JoinToken;
import dev.hawser.trust.token.TokenKind;
import dev.hawser.trust.verify.PeerVerifier;
import dev.hawser.trust.x509.Certificates;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MeshServerTest {
  private static final TrustDomain WEST = new TrustDomain("west.mesh.internal");
  private static final String SERVER_NAME = "control-plane.east.mesh.internal";

  private final TestAuthority federation = TestAuthority.create();
  private final EchoEnrollment service = new EchoEnrollment();
  private final EventLoops loops = new EventLoops();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final TestTrust trust =
      new TestTrust(federation, "east", federation.bundles("east", "west"));
  private MeshServer server;

  @BeforeEach
  void start() throws IOException {
    server = serve(ServerLimits.DEFAULT);
  }

  private MeshServer serve(ServerLimits limits) throws IOException {
    MeshServer started =
        MeshServer.start(
            new HostPort("127.0.0.1", 0),
            List.of(service),
            trust,
            new PeerVerifier(),
            InstantSource.system(),
            limits,
            loops);
    opened.add(started);
    return started;
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
    loops.close();
  }

  private TestClient client(Svid svid) throws IOException {
    return client(SERVER_NAME, svid);
  }

  private TestClient client(String serverName, Svid svid) throws IOException {
    TestClient client =
        new TestClient(
            server.port(), serverName, federation.bundles("east"), svid.privateKey(), svid.chain());
    opened.add(client);
    return client;
  }

  private TestClient anonymous() throws IOException {
    TestClient client =
        new TestClient(server.port(), SERVER_NAME, federation.bundles("east"), null, List.of());
    opened.add(client);
    return client;
  }

  @Test
  void withoutACertificateOnlyEnrollAndJoinAreReached() throws IOException {
    TestClient nobody = anonymous();
    var answer = nobody.connect().enroll(EnrollRequest.getDefaultInstance());
    assertThat(answer.getCluster()).isEqualTo("nobody");
    assertThat(answer.getNetwork()).isEqualTo("127.0.0.1");
    assertThatThrownBy(nobody::whoAmI)
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("UNAUTHENTICATED")
        .hasMessageContaining("Enrollment/Renew needs a client certificate");
    assertThat(service.calls).hasValue(1);
    assertThat(PeerCheck.OPEN_METHODS)
        .containsExactlyInAnyOrder(
            EnrollmentGrpc.getEnrollMethod().getFullMethodName(),
            PeeringGrpc.getJoinMethod().getFullMethodName());
  }

  @Test
  void aMemberIsKnownByItsSpiffeIdWhereverItIsFrom() throws IOException {
    assertThat(client(federation.workload("east", "shop", "web")).whoAmI())
        .isEqualTo("spiffe://east.mesh.internal/ns/shop/sa/web");
    assertThat(client(federation.controlPlane("west")).whoAmI())
        .isEqualTo("spiffe://west.mesh.internal/ns/hawser-system/sa/control-plane");
  }

  @Test
  void strangersAndForgedIdentitiesDoNotGetThroughTheHandshake() throws IOException {
    Svid south = federation.workload("south", "shop", "web");
    assertThatThrownBy(() -> client(south).whoAmI()).isInstanceOf(StatusRuntimeException.class);

    Svid other = TestAuthority.create().workload("east", "shop", "web");
    assertThatThrownBy(() -> client(other).whoAmI()).isInstanceOf(StatusRuntimeException.class);

    Forgery.Forged forged =
        federation.forge("spiffe://east.mesh.internal/ns/shop/sa/web").underRoot().make();
    TestClient client =
        new TestClient(
            server.port(), SERVER_NAME, federation.bundles("east"), forged.key(), forged.chain());
    opened.add(client);
    assertThatThrownBy(client::whoAmI).isInstanceOf(StatusRuntimeException.class);
    assertThat(service.calls).hasValue(0);
  }

  @Test
  void aResumedSessionIsJudgedByTheBundlesOfNow() throws IOException {
    TestClient west = client(federation.workload("west", "shop", "web"));
    assertThat(west.whoAmI()).contains("west");
    assertThat(west.whoAmI()).contains("west");
    assertThat(west.fullHandshakes).as("the second connection was resumed").hasValue(1);

    trust.bundles(federation.bundles("east"));

    StatusRuntimeException refused =
        catchThrowableOfType(StatusRuntimeException.class, west::whoAmI);
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(west.fullHandshakes).as("and so was the third").hasValue(1);
    assertThat(service.calls).hasValue(2);
  }

  @Test
  void aRemovedBundleClosesLiveStreamsOfItsTrustDomainAndNoOthers() throws Exception {
    TestClient.Stream west =
        new TestClient.Stream(client(federation.workload("west", "shop", "web")).channel());
    TestClient.Stream east =
        new TestClient.Stream(client(federation.workload("east", "shop", "web")).channel());

    trust.bundles(federation.bundles("east"));

    assertThat(west.ended.get(5, TimeUnit.SECONDS)).isInstanceOf(StatusRuntimeException.class);
    east.beat();
    assertThat(east.ended).isNotDone();
  }

  @Test
  void aRevokedIntermediateClosesLiveStreams() throws Exception {
    TestClient.Stream west =
        new TestClient.Stream(client(federation.workload("west", "shop", "web")).channel());
    trust.bundles(
        trust
            .bundles()
            .withRevoked(Set.of(federation.cluster("west").intermediate().getSerialNumber())));
    assertThat(west.ended.get(5, TimeUnit.SECONDS)).isInstanceOf(StatusRuntimeException.class);
  }

  @Test
  void aNewOwnIdentityIsShownToTheNextHandshakeWhileOldConnectionsLive() throws Exception {
    Svid web = federation.workload("east", "shop", "web");
    TestClient before = client(web);
    TestClient.Stream stream = new TestClient.Stream(before.channel());
    Svid next = federation.controlPlane("east");
    trust.presented(new TransportTrust.Presented(next, federation.root().certificate()));
    TestClient after = client(web);
    assertThat(after.whoAmI()).contains("east");
    assertThat(after.serverChains.take())
        .containsExactly(next.chainWith(federation.root().certificate()));
    stream.beat();
  }

  @Test
  void aClientThatKnowsOnlyTheOldRootIsShownAnIdentityUnderIt() throws Exception {
    RootAuthority old = RootAuthority.create("old", InstantSource.system());
    TrustDomain east = new TrustDomain("east.mesh.internal");
    IntermediateRequest request = IntermediateRequest.create();
    ClusterAuthority under =
        ClusterAuthority.of(
            east,
            request.keys().getPrivate(),
            old.sign(east, request.csr()),
            InstantSource.system());
    Svid own = under.issueOwn(SpiffeId.controlPlane(east), Duration.ofHours(1));
    String digest = Certificates.fingerprint(old.certificate()).substring(0, 16);
    trust.presentedUnder(digest, new TransportTrust.Presented(own, old.certificate()));
    trust.bundles(
        trust
            .bundles()
            .with(
                new TrustBundle(
                    east, List.of(federation.root().certificate(), old.certificate()), 9)));
    Svid web = under.issueOwn(SpiffeId.workload(east, "shop", "web"), Duration.ofHours(1));
    TrustBundles oldOnly = TrustBundles.of(under.bundle(1));
    TestClient plain =
        new TestClient(server.port(), SERVER_NAME, oldOnly, web.privateKey(), web.chain());
    TestClient named =
        new TestClient(
            server.port(),
            "r" + digest + "." + SERVER_NAME,
            oldOnly,
            web.privateKey(),
            web.chain());
    opened.addAll(List.of(plain, named));
    assertThatThrownBy(plain::whoAmI).hasMessageContaining("UNAVAILABLE");
    assertThat(named.whoAmI()).isEqualTo("spiffe://east.mesh.internal/ns/shop/sa/web");
  }

  @Test
  void connectionsAboveTheLimitOfOneSourceAreClosedAndTheOthersWork() throws Exception {
    server = serve(limits(2, Duration.ofSeconds(10)));
    try (Socket first = connected();
        Socket second = connected();
        Socket third = connected()) {
      third.setSoTimeout(5000);
      assertThat(readOrReset(third)).isEqualTo(-1);
      assertThat(first.isConnected() && second.isConnected()).isTrue();
      assertThat(server.openConnections()).isEqualTo(2);
    }
    Awaitility.await().until(() -> server.openConnections() == 0);
    assertThat(client(federation.workload("east", "shop", "web")).whoAmI()).contains("east");
  }

  private Socket connected() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), server.port());
  }

  private static int readOrReset(Socket socket) {
    try {
      return socket.getInputStream().read();
    } catch (IOException _) {
      return -1;
    }
  }

  @Test
  void aConnectionThatDoesNotShakeHandsIsClosed() throws Exception {
    server = serve(limits(100, Duration.ofMillis(300)));
    try (Socket silent = connected()) {
      silent.setSoTimeout(5000);
      assertThat(readOrReset(silent)).isEqualTo(-1);
    }
  }

  @Test
  void aMessageAboveTheLimitIsRefused() throws Exception {
    EnrollRequest large =
        EnrollRequest.newBuilder().setCsr(ByteString.copyFrom(new byte[5 * 1024 * 1024])).build();
    assertThatThrownBy(() -> anonymous().connect().enroll(large))
        .hasMessageContaining("RESOURCE_EXHAUSTED");
    assertThat(service.calls).hasValue(0);
  }

  @Test
  void aJoinerWithTheRightPinIsServedAndOneWithAnotherNeverSendsAnything() throws Exception {
    GrpcPeerDialer dialer = dialer("west");
    String pin = federation.root().pin();
    ManagedChannel channel =
        dialer.toJoin(new HostPort("127.0.0.1", server.port()), token("east", pin));
    opened.add(channel::shutdownNow);
    assertThat(enrol(channel)).isEqualTo("nobody");

    String otherPin = TestAuthority.create().root().pin();
    ManagedChannel wrongPin =
        dialer.toJoin(new HostPort("127.0.0.1", server.port()), token("east", otherPin));
    ManagedChannel wrongCluster =
        dialer.toJoin(new HostPort("127.0.0.1", server.port()), token("south", pin));
    opened.add(wrongPin::shutdownNow);
    opened.add(wrongCluster::shutdownNow);
    assertThatThrownBy(() -> enrol(wrongPin)).hasMessageContaining("UNAVAILABLE");
    assertThatThrownBy(() -> enrol(wrongCluster)).hasMessageContaining("UNAVAILABLE");
    assertThat(service.calls).hasValue(1);
  }

  @Test
  void aPeerIsDialledWithTheOwnIdentityAndOnlyItsControlPlaneIsAccepted() throws Exception {
    GrpcPeerDialer dialer = dialer("west");
    ManagedChannel east =
        dialer.toControlPlane(
            new HostPort("127.0.0.1", server.port()), new ClusterName("east", "mesh.internal"));
    ManagedChannel south =
        dialer.toControlPlane(
            new HostPort("127.0.0.1", server.port()), new ClusterName("south", "mesh.internal"));
    opened.add(east::shutdownNow);
    opened.add(south::shutdownNow);
    assertThat(
            EnrollmentGrpc.newBlockingStub(east)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .renew(RenewRequest.getDefaultInstance())
                .getSvid()
                .getSpiffeId())
        .isEqualTo(SpiffeId.controlPlane(WEST).toString());
    assertThatThrownBy(() -> enrol(south)).hasMessageContaining("UNAVAILABLE");
  }

  private GrpcPeerDialer dialer(String cluster) {
    return new GrpcPeerDialer(
        new TestTrust(federation, cluster, federation.bundles("east", "west", "south")),
        new PeerVerifier(),
        InstantSource.system(),
        loops,
        Runnable::run);
  }

  private static String enrol(ManagedChannel channel) {
    return EnrollmentGrpc.newBlockingStub(channel)
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .enroll(EnrollRequest.getDefaultInstance())
        .getCluster();
  }

  private static JoinToken token(String cluster, String pin) {
    return new JoinToken(
        TokenKind.CLUSTER,
        "0123456789abcdef",
        "A".repeat(43),
        cluster,
        "mesh.internal",
        List.of("127.0.0.1:15012"),
        List.of(),
        pin,
        Instant.now().plusSeconds(60).truncatedTo(ChronoUnit.SECONDS),
        "");
  }

  private static ServerLimits limits(int perSource, Duration handshake) {
    return new ServerLimits(
        1000, perSource, 100, 1024 * 1024, 16 * 1024, handshake, Duration.ofMinutes(5));
  }
}
