package dev.hawser.controlplane.enroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.hawser.api.admin.TokenRequest;
import dev.hawser.api.enroll.v1.EnrollRequest;
import dev.hawser.api.enroll.v1.EnrollResponse;
import dev.hawser.api.enroll.v1.EnrollmentGrpc;
import dev.hawser.api.enroll.v1.LeaseHeartbeat;
import dev.hawser.api.enroll.v1.LeaseReply;
import dev.hawser.api.enroll.v1.RenewRequest;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.controlplane.enroll.ServiceAccountAttestor.Attestation;
import dev.hawser.controlplane.state.MemoryStateStore;
import dev.hawser.controlplane.state.StateJson;
import dev.hawser.controlplane.transport.EventLoops;
import dev.hawser.controlplane.transport.HostPort;
import dev.hawser.controlplane.transport.MeshServer;
import dev.hawser.controlplane.transport.ServerLimits;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.svid.CertificateRequests;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.token.TokenIssuer;
import dev.hawser.trust.token.TokenLedger;
import dev.hawser.trust.token.TokenState;
import dev.hawser.trust.verify.ExpectedPeers;
import dev.hawser.trust.verify.LiveTrustManager;
import dev.hawser.trust.verify.PeerVerifier;
import dev.hawser.trust.x509.Certificates;
import dev.hawser.trust.x509.SubjectAltNames;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Over real gRPC and real certificates. */
final class EnrollmentServiceTest {
  private static final TrustDomain EAST = new TrustDomain("east.mesh.internal");
  private static final TrustDomain WEST = new TrustDomain("west.mesh.internal");

  private final MemoryStateStore store = new MemoryStateStore();
  private final InstantSource clock = InstantSource.system();
  private final TrustState trust =
      TrustState.open(new ClusterName("east", "mesh.internal"), store, clock);
  private final TokenLedger ledger =
      new TokenLedger(
          new StateTokenStore(store),
          () ->
              new TokenIssuer(
                  "east",
                  "mesh.internal",
                  List.of("127.0.0.1:15012"),
                  List.of(),
                  Certificates.fingerprint(trust.rootCertificate())),
          clock,
          (_, _) -> {});
  private final GrantBook grants = new GrantBook(store);
  private final RecordingSink leases = new RecordingSink();
  private final Map<String, Attestation> accounts = new ConcurrentHashMap<>();
  private final EventLoops loops = new EventLoops();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private MeshServer server;

  private static final class RecordingSink implements LeaseSink {
    final BlockingQueue<VmLease> renewed = new LinkedBlockingQueue<>();
    final BlockingQueue<VmLease> ended = new LinkedBlockingQueue<>();

    @Override
    public Duration renew(VmLease lease) {
      if (lease.address().isEmpty()) {
        throw new IllegalArgumentException("address: '' (expected: an IP literal)");
      }
      renewed.add(lease);
      return Duration.ofSeconds(6);
    }

    @Override
    public void end(VmLease lease) {
      ended.add(lease);
    }
  }

  @BeforeEach
  void start() throws IOException {
    EnrollmentService service =
        new EnrollmentService(
            trust,
            new TokenEnrolment(ledger, trust, grants, clock),
            token -> accounts.getOrDefault(token, new Attestation.Refused("not a token of ours")),
            grants,
            leases,
            new EnrollmentConfig("net-east", List.of("10.0.0.1:15012"), Duration.ofHours(24)));
    server =
        MeshServer.start(
            new HostPort("127.0.0.1", 0),
            List.of(service),
            trust,
            new PeerVerifier(),
            clock,
            ServerLimits.DEFAULT,
            loops);
  }

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    server.close();
    loops.close();
  }

  private ManagedChannel channel(@Nullable PrivateKey key, List<X509Certificate> chain)
      throws IOException {
    LiveTrustManager peers =
        new LiveTrustManager(
            trust::bundles,
            ExpectedPeers.exactly(SpiffeId.controlPlane(EAST)),
            clock,
            new PeerVerifier());
    SslContextBuilder tls =
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
            .trustManager(peers);
    if (key != null) {
      tls.keyManager(key, chain.toArray(X509Certificate[]::new));
    }
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port())
            .overrideAuthority("control-plane.east.mesh.internal")
            .sslContext(tls.build())
            .build();
    channels.add(channel);
    return channel;
  }

  private EnrollResponse enrol(EnrollRequest request) throws IOException {
    return EnrollmentGrpc.newBlockingStub(channel(null, List.of()))
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .enroll(request);
  }

  private String token(TokenRequest request) {
    Grant grant = Grant.of(request);
    return ledger
        .issue(
            grant.kind(),
            grant.name(),
            new String(StateJson.write(grant), StandardCharsets.UTF_8),
            Duration.ofMinutes(15))
        .text();
  }

  private String workloadToken() {
    return token(new TokenRequest("WORKLOAD", "", "shop", "web", List.of(), 0));
  }

  private String vmToken() {
    return token(
        new TokenRequest(
            "VM",
            "vm-1",
            "shop",
            "billing",
            List.of(
                new TokenRequest.LeasedService("billing.shop", List.of("8080/http=9000"), "true")),
            0));
  }

  private static EnrollRequest byToken(String token, KeyPair keys) {
    return EnrollRequest.newBuilder()
        .setJoinToken(token)
        .setCsr(ByteString.copyFrom(CertificateRequests.create(keys)))
        .build();
  }

  private static List<X509Certificate> chain(List<ByteString> ders) {
    return Certificates.parseAll(ders.stream().map(ByteString::toByteArray).toList());
  }

  private static void assertRefused(Callable<?> call, Status.Code status, String code) {
    StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, call::call);
    assertThat(refused).as("refusal " + code).isNotNull();
    assertThat(refused.getStatus().getCode()).isEqualTo(status);
    @Nullable Metadata trailers = Status.trailersFromThrowable(refused);
    if (trailers == null) {
      throw new AssertionError("no trailers");
    }
    assertThat(trailers.get(Metadata.Key.of("hawser-code", Metadata.ASCII_STRING_MARSHALLER)))
        .isEqualTo(code);
  }

  @Test
  void aTokenGivesTheIdentityThatItWasMadeForAndNothingInTheRequestChangesIt() throws IOException {
    KeyPair keys = KeyMaterial.generate();
    EnrollResponse response = enrol(byToken(workloadToken(), keys));
    assertThat(response.getSvid().getSpiffeId())
        .isEqualTo("spiffe://east.mesh.internal/ns/shop/sa/web");
    List<X509Certificate> chain = chain(response.getSvid().getChainList());
    assertThat(chain).hasSize(2);
    assertThat(SubjectAltNames.of(chain.getFirst()).uris())
        .containsExactly("spiffe://east.mesh.internal/ns/shop/sa/web");
    assertThat(chain.getFirst().getPublicKey()).isEqualTo(keys.getPublic());
    assertThat(response.getCluster()).isEqualTo("east");
    assertThat(response.getNetwork()).isEqualTo("net-east");
    assertThat(response.getControlPlaneAddressesList()).containsExactly("10.0.0.1:15012");
    assertThat(response.getBundles().getBundles(0).getTrustDomain()).isEqualTo(EAST.name());
    assertThat(response.getServicesList()).isEmpty();
  }

  @Test
  void aRequestFullOfOtherNamesGetsItsOwnIdentityAlone() throws IOException {
    KeyPair keys = KeyMaterial.generate();
    byte[] csr = GreedyRequest.create(keys, "spiffe://east.mesh.internal/ns/bank/sa/vault");
    EnrollResponse response =
        enrol(
            EnrollRequest.newBuilder()
                .setJoinToken(workloadToken())
                .setCsr(ByteString.copyFrom(csr))
                .build());
    X509Certificate leaf = chain(response.getSvid().getChainList()).getFirst();
    assertThat(SubjectAltNames.of(leaf).uris())
        .containsExactly("spiffe://east.mesh.internal/ns/shop/sa/web");
    assertThat(leaf.getSubjectX500Principal().getName()).doesNotContain("vault");
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(leaf.toString()).doesNotContain("bank").doesNotContain("vault");
  }

  @Test
  void ofSixtyFourAtOnceExactlyOneGetsAnIdentity() throws Exception {
    String token = vmToken();
    AtomicInteger won = new AtomicInteger();
    List<Callable<String>> joiners = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      ManagedChannel channel = channel(null, List.of());
      EnrollRequest request = byToken(token, KeyMaterial.generate());
      joiners.add(() -> {
        try {
          EnrollmentGrpc.newBlockingStub(channel).enroll(request);
          won.incrementAndGet();
          return "";
        } catch (StatusRuntimeException e) {
          return String.valueOf(e.getMessage());
        }
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(64)) {
      for (Future<String> answer : threads.invokeAll(joiners)) {
        assertThat(answer.get()).matches("|UNAUTHENTICATED: Token .* was used at .*");
      }
    }
    assertThat(won).hasValue(1);
    assertThat(ledger.list().getFirst().attempts()).isEqualTo(63);
  }

  @Test
  void spentRevokedForeignAndMalformedTokensAreToldApart() throws IOException {
    String spent = workloadToken();
    enrol(byToken(spent, KeyMaterial.generate()));
    assertRefused(
        () -> enrol(byToken(spent, KeyMaterial.generate())),
        Status.Code.UNAUTHENTICATED,
        "token-used");

    String revoked = workloadToken();
    ledger.revoke(
        ledger.list().stream().filter(t -> t.used().isEmpty()).findFirst().orElseThrow().id());
    assertRefused(
        () -> enrol(byToken(revoked, KeyMaterial.generate())),
        Status.Code.UNAUTHENTICATED,
        "token-revoked");
    assertRefused(
        () -> enrol(byToken("hwsr1.abc", KeyMaterial.generate())),
        Status.Code.INVALID_ARGUMENT,
        "token-malformed");
    String cluster = token(new TokenRequest("CLUSTER", "", "", "", List.of(), 0));
    assertRefused(
        () -> enrol(byToken(cluster, KeyMaterial.generate())),
        Status.Code.FAILED_PRECONDITION,
        "token-wrong-kind");
    assertRefused(
        () -> enrol(byToken("x".repeat(40_000), KeyMaterial.generate())),
        Status.Code.INVALID_ARGUMENT,
        "token-malformed");
  }

  @Test
  void aBadCertificateRequestLeavesTheTokenUnused() throws IOException {
    String token = workloadToken();
    for (byte[] csr : List.of(new byte[0], new byte[] {1, 2, 3}, new byte[9000])) {
      EnrollRequest request =
          EnrollRequest.newBuilder().setJoinToken(token).setCsr(ByteString.copyFrom(csr)).build();
      assertRefused(() -> enrol(request), Status.Code.INVALID_ARGUMENT, "csr-invalid");
    }
    assertThat(ledger.list().getFirst().state(clock.instant())).isEqualTo(TokenState.OPEN);
    assertThat(enrol(byToken(token, KeyMaterial.generate())).getSvid().getSpiffeId()).isNotEmpty();
  }

  @Test
  void aServiceAccountTokenGivesTheIdentityOfItsHolder() throws IOException {
    accounts.put("good", new Attestation.Attested("shop", "orders"));
    accounts.put("own", new Attestation.Attested("hawser-system", "control-plane"));
    accounts.put("away", new Attestation.Unavailable("the API server is away"));
    assertThat(enrol(byAccount("good")).getSvid().getSpiffeId())
        .isEqualTo("spiffe://east.mesh.internal/ns/shop/sa/orders");
    assertRefused(
        () -> enrol(byAccount("bad")), Status.Code.UNAUTHENTICATED, "attestation-refused");
    assertRefused(
        () -> enrol(byAccount("own")), Status.Code.UNAUTHENTICATED, "attestation-refused");
    StatusRuntimeException away =
        catchThrowableOfType(StatusRuntimeException.class, () -> enrol(byAccount("away")));
    assertThat(away.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertRefused(
        () ->
            enrol(
                EnrollRequest.newBuilder()
                    .setCsr(ByteString.copyFrom(CertificateRequests.create(KeyMaterial.generate())))
                    .build()),
        Status.Code.INVALID_ARGUMENT,
        "attestation-refused");
  }

  private static EnrollRequest byAccount(String token) {
    return EnrollRequest.newBuilder()
        .setKubernetesServiceAccountToken(token)
        .setCsr(ByteString.copyFrom(CertificateRequests.create(KeyMaterial.generate())))
        .build();
  }

  @Test
  void aRenewalKeepsTheIdentityOfTheCertificateAndServesOwnWorkloadsAlone() throws IOException {
    KeyPair keys = KeyMaterial.generate();
    EnrollResponse first = enrol(byToken(workloadToken(), keys));
    KeyPair next = KeyMaterial.generate();
    byte[] greedy = GreedyRequest.create(next, "spiffe://east.mesh.internal/ns/bank/sa/vault");
    RenewRequest request = RenewRequest.newBuilder().setCsr(ByteString.copyFrom(greedy)).build();
    var own =
        EnrollmentGrpc.newBlockingStub(
            channel(keys.getPrivate(), chain(first.getSvid().getChainList())));
    var renewed = own.renew(request);
    assertThat(renewed.getSvid().getSpiffeId())
        .isEqualTo("spiffe://east.mesh.internal/ns/shop/sa/web");
    assertThat(chain(renewed.getSvid().getChainList()).getFirst().getPublicKey())
        .isEqualTo(next.getPublic());

    TestAuthority federation = TestAuthority.create();
    trust.putBundle(new TrustBundle(WEST, List.of(federation.root().certificate()), 1));
    var west = federation.workload("west", "shop", "web");
    assertRefused(
        () ->
            EnrollmentGrpc.newBlockingStub(channel(west.privateKey(), west.chain())).renew(request),
        Status.Code.PERMISSION_DENIED,
        "identity-unknown");
    var plane = trust.svid();
    assertRefused(
        () ->
            EnrollmentGrpc.newBlockingStub(channel(plane.privateKey(), plane.chain()))
                .renew(request),
        Status.Code.PERMISSION_DENIED,
        "identity-unknown");
  }

  @Test
  void aVmLeasesWhatItsTokenGrantsAlsoAfterARestartOfTheControlPlane() throws Exception {
    KeyPair keys = KeyMaterial.generate();
    EnrollResponse enrolled = enrol(byToken(vmToken(), keys));
    assertThat(enrolled.getServices(0).getName()).isEqualTo("billing");
    assertThat(enrolled.getServices(0).getExport()).isTrue();
    assertThat(enrolled.getServices(0).getPorts(0).getTarget()).isEqualTo(9000);
    assertThat(new GrantBook(store).find(SpiffeId.workload(EAST, "shop", "billing"), "vm-1"))
        .isPresent();

    Replies replies = new Replies();
    StreamObserver<LeaseHeartbeat> beats =
        EnrollmentGrpc.newStub(channel(keys.getPrivate(), chain(enrolled.getSvid().getChainList())))
            .lease(replies);
    beats.onNext(beat(7, "10.0.0.7").build());
    LeaseReply reply = replies.next();
    assertThat(reply.getSequence()).isEqualTo(7);
    assertThat(reply.getLeaseSeconds()).isEqualTo(6);
    VmLease lease = leases.renewed.take();
    assertThat(lease.services().getFirst().name().toString()).isEqualTo("billing.shop");
    assertThat(lease.healthy()).containsValue(false);

    beats.onNext(beat(8, "10.0.0.8").build());
    replies.next();
    assertThat(leases.ended.take().address()).as("the VM moved").isEqualTo("10.0.0.7");
    beats.onNext(beat(9, "10.0.0.8").setLeaving(true).build());
    replies.next();
    assertThat(leases.ended.take().address()).isEqualTo("10.0.0.8");
    beats.onNext(beat(10, "").build());
    assertThat(replies.ended.poll(5, TimeUnit.SECONDS)).hasMessageContaining("INVALID_ARGUMENT");
  }

  @Test
  void aWorkloadWithoutAGrantGetsNoLease() throws Exception {
    KeyPair keys = KeyMaterial.generate();
    EnrollResponse enrolled = enrol(byToken(workloadToken(), keys));
    Replies replies = new Replies();
    StreamObserver<LeaseHeartbeat> beats =
        EnrollmentGrpc.newStub(channel(keys.getPrivate(), chain(enrolled.getSvid().getChainList())))
            .lease(replies);
    beats.onNext(beat(1, "10.0.0.7").build());
    assertThat(replies.ended.poll(5, TimeUnit.SECONDS)).hasMessageContaining("PERMISSION_DENIED");
    assertThat(leases.renewed).isEmpty();
  }

  @Test
  void aSourceThatAsksTooOftenIsSlowedDownAndOthersAreNot() {
    long[] nanos = {0};
    SourceLimiter limiter = new SourceLimiter(3, 2, () -> nanos[0]);
    for (int i = 0; i < 3; i++) {
      assertThat(limiter.admit("a")).isTrue();
    }
    assertThat(limiter.admit("a")).isFalse();
    assertThat(limiter.admit("b")).isTrue();
    nanos[0] += 500_000_000L;
    assertThat(limiter.admit("a")).isTrue();
    assertThat(limiter.admit("a")).isFalse();
  }

  private static LeaseHeartbeat.Builder beat(long sequence, String address) {
    return LeaseHeartbeat.newBuilder()
        .setSequence(sequence)
        .setAddress(address)
        .setHost("vm-1")
        .putHealthy("billing.shop", false);
  }

  private static final class Replies implements StreamObserver<LeaseReply> {
    final BlockingQueue<LeaseReply> replies = new LinkedBlockingQueue<>();
    final BlockingQueue<Throwable> ended = new LinkedBlockingQueue<>();

    LeaseReply next() throws InterruptedException {
      @Nullable LeaseReply reply = replies.poll(5, TimeUnit.SECONDS);
      if (reply == null) {
        throw new AssertionError("no reply; ended=" + ended);
      }
      return reply;
    }

    @Override
    public void onNext(LeaseReply reply) {
      replies.add(reply);
    }

    @Override
    public void onError(Throwable reason) {
      ended.add(reason);
    }

    @Override
    public void onCompleted() {
      ended.add(new IllegalStateException("completed"));
    }
  }
}
