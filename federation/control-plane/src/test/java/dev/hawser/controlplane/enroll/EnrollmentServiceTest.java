package dev.hawser.controlplane.enroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.hawser.api.admin.TokenRequest;
import dev.hawser.api.enroll.v1.EnrollRequest;
import dev.hawser.api.enroll.v1.EnrollResponse;
import dev.hawser.api.enroll.v1.EnrollmentGrpc;
import dev.hawser.api.enroll.v1.RenewRequest;
import dev.hawser.controlplane.enroll.ServiceAccountAttestor.Attestation;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.svid.CertificateRequests;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.token.TokenState;
import dev.hawser.trust.x509.SubjectAltNames;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Over real gRPC and real certificates. */
final class EnrollmentServiceTest extends EnrollmentRig {
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
  void aTokenWhoseAnswerWasLostIsAnsweredAgainToTheKeyThatRedeemedItAndToNoOther()
      throws IOException {
    String token = workloadToken();
    KeyPair key = KeyMaterial.generate();
    EnrollResponse lost = enrol(byToken(token, key));

    EnrollResponse heard = enrol(byToken(token, key));

    assertThat(heard.getSvid().getSpiffeId()).isEqualTo(lost.getSvid().getSpiffeId());
    assertThat(ledger.list().getFirst().attempts()).isZero();
    assertRefused(
        () -> enrol(byToken(token, KeyMaterial.generate())),
        Status.Code.UNAUTHENTICATED,
        "token-used");
    assertThat(ledger.list().getFirst().attempts()).isEqualTo(1);
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
}
