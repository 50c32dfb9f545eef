package dev.hawser.controlplane.enroll;

import dev.hawser.api.enroll.v1.EnrollRequest;
import dev.hawser.api.enroll.v1.EnrollResponse;
import dev.hawser.api.enroll.v1.EnrollmentGrpc;
import dev.hawser.api.enroll.v1.LeaseHeartbeat;
import dev.hawser.api.enroll.v1.LeaseReply;
import dev.hawser.api.enroll.v1.RenewRequest;
import dev.hawser.api.enroll.v1.RenewResponse;
import dev.hawser.controlplane.enroll.ServiceAccountAttestor.Attestation;
import dev.hawser.controlplane.state.StateUnavailableException;
import dev.hawser.controlplane.transport.PeerIdentity;
import dev.hawser.trust.authority.IssuanceRefusedException;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.svid.CertificateRequests;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.security.cert.X509Certificate;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives workloads their identity: a first one for a join token or a Kubernetes service-account
 * token, a next one for the one they have, and VMs their leases. Runs on virtual threads.
 */
public final class EnrollmentService extends EnrollmentGrpc.EnrollmentImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(EnrollmentService.class);
  private static final int MAX_CSR = 8 * 1024;
  private static final int MAX_TOKEN = 32 * 1024;
  private static final int BURST = 200;
  private static final double PER_SECOND = 20;

  private final TrustState trust;
  private final TokenEnrolment tokens;
  private final ServiceAccountAttestor attestor;
  private final GrantBook grants;
  private final LeaseSink leases;
  private final EnrollmentConfig config;
  private final SourceLimiter limiter = new SourceLimiter(BURST, PER_SECOND, System::nanoTime);

  public EnrollmentService(
      TrustState trust,
      TokenEnrolment tokens,
      ServiceAccountAttestor attestor,
      GrantBook grants,
      LeaseSink leases,
      EnrollmentConfig config) {
    this.trust = trust;
    this.tokens = tokens;
    this.attestor = attestor;
    this.grants = grants;
    this.leases = leases;
    this.config = config;
  }

  @Override
  public void enroll(EnrollRequest request, StreamObserver<EnrollResponse> reply) {
    answer(reply, "enrol", () -> enrolled(request));
  }

  @Override
  public void renew(RenewRequest request, StreamObserver<RenewResponse> reply) {
    answer(reply, "renew", () -> renewed(request));
  }

  @Override
  public StreamObserver<LeaseHeartbeat> lease(StreamObserver<LeaseReply> replies) {
    return new LeaseStream(PeerIdentity.require(), grants, leases, trust::issuer, replies);
  }

  private EnrollResponse enrolled(EnrollRequest request) {
    if (!limiter.admit(PeerIdentity.source())) {
      throw Refusals.of(
          Status.Code.RESOURCE_EXHAUSTED,
          "rate-limited",
          "too many enrolments from " + PeerIdentity.source(),
          "try again in a few seconds");
    }
    byte[] csr = csr(request.getCsr().size(), request.getCsr().toByteArray());
    return switch (request.getAttestationCase()) {
      case JOIN_TOKEN -> {
        requireLength("join token", request.getJoinToken());
        TokenEnrolment.Enrolled enrolled =
            tokens.enrol(request.getJoinToken(), keyDigest(csr), id -> issue(id, csr));
        yield response(enrolled.id(), enrolled.chain(), enrolled.services());
      }
      case KUBERNETES_SERVICE_ACCOUNT_TOKEN -> {
        requireLength("service-account token", request.getKubernetesServiceAccountToken());
        SpiffeId id = attest(request.getKubernetesServiceAccountToken());
        yield response(id, issue(id, csr), List.of());
      }
      case ATTESTATION_NOT_SET ->
          throw Refusals.of(
              Status.Code.INVALID_ARGUMENT,
              "attestation-refused",
              "no attestation (expected: a join token or a Kubernetes service-account token)",
              "make a token with: hawser token issue");
    };
  }

  private SpiffeId attest(String token) {
    return switch (attestor.attest(token)) {
      case Attestation.Attested(var namespace, var account) -> {
        SpiffeId id = SpiffeId.workload(trust.trustDomain(), namespace, account);
        if (id.equals(SpiffeId.controlPlane(trust.trustDomain()))) {
          throw refused("the control plane's own identity is not given away");
        }
        LOG.info("Workload enrolled. id={} by=kubernetes source={}", id, PeerIdentity.source());
        yield id;
      }
      case Attestation.Refused(var detail) -> {
        LOG.warn("Attestation refused. source={} detail={}", PeerIdentity.source(), detail);
        throw refused(detail);
      }
      case Attestation.Unavailable(var detail) ->
          throw Status.UNAVAILABLE.withDescription(detail).asRuntimeException();
    };
  }

  private static StatusRuntimeException refused(String detail) {
    return Refusals.of(
        Status.Code.UNAUTHENTICATED,
        "attestation-refused",
        detail,
        "project a service-account token with the audience 'hawser'");
  }

  private RenewResponse renewed(RenewRequest request) {
    SpiffeId id = PeerIdentity.require();
    if (!id.trustDomain().equals(trust.trustDomain())
        || id.equals(SpiffeId.controlPlane(trust.trustDomain()))) {
      throw Refusals.of(
          Status.Code.PERMISSION_DENIED,
          "identity-unknown",
          id + " is not renewed here (expected: a workload of " + trust.trustDomain() + ")",
          "renew at the control plane of its own cluster");
    }
    byte[] csr = csr(request.getCsr().size(), request.getCsr().toByteArray());
    return RenewResponse.newBuilder()
        .setSvid(WireForms.svid(id, issue(id, csr)))
        .setBundles(WireForms.bundles(trust.bundles()))
        .build();
  }

  private EnrollResponse response(
      SpiffeId id, List<X509Certificate> chain, List<GrantedService> services) {
    return EnrollResponse.newBuilder()
        .setSvid(WireForms.svid(id, chain))
        .setBundles(WireForms.bundles(trust.bundles()))
        .setCluster(trust.cluster().name())
        .setMeshDomain(trust.cluster().meshDomain())
        .addAllServices(services.stream().map(WireForms::leasedService).toList())
        .addAllControlPlaneAddresses(config.controlPlanes())
        .setNetwork(config.network())
        .build();
  }

  private List<X509Certificate> issue(SpiffeId id, byte[] csr) {
    try {
      return trust.authority().issue(id, csr, config.ttl());
    } catch (IssuanceRefusedException e) {
      throw invalidCsr(String.valueOf(e.getMessage()));
    }
  }

  private static String keyDigest(byte[] csr) {
    try {
      return CertificateRequests.keyDigest(csr);
    } catch (IllegalArgumentException e) {
      throw invalidCsr(String.valueOf(e.getMessage()));
    }
  }

  private static byte[] csr(int length, byte[] csr) {
    if (length == 0 || length > MAX_CSR) {
      throw invalidCsr(
          "certificate request: "
              + length
              + " bytes (expected: 1-"
              + MAX_CSR
              + ", PKCS#10 in DER)");
    }
    return csr;
  }

  private static StatusRuntimeException invalidCsr(String detail) {
    return Refusals.of(
        Status.Code.INVALID_ARGUMENT, "csr-invalid", detail, "send PKCS#10 for a P-256 key");
  }

  private static void requireLength(String what, String value) {
    if (value.length() > MAX_TOKEN) {
      throw Refusals.of(
          Status.Code.INVALID_ARGUMENT,
          "token-malformed",
          what + ": " + value.length() + " characters (expected: at most " + MAX_TOKEN + ")",
          "");
    }
  }

  /** Makes an answer, or throws a refusal. */
  private interface Answer<T> {
    T make();
  }

  private static <T> void answer(StreamObserver<T> reply, String what, Answer<T> answer) {
    T message;
    try {
      message = answer.make();
    } catch (StatusRuntimeException e) {
      reply.onError(e);
      return;
    } catch (StateUnavailableException e) {
      LOG.error("The state store is not available. call={}", what, e);
      reply.onError(
          Status.UNAVAILABLE
              .withDescription("the control plane's state is not available; try again")
              .asRuntimeException());
      return;
    }
    reply.onNext(message);
    reply.onCompleted();
  }
}
