package dev.hawser.host.identity;

import com.google.protobuf.ByteString;
import dev.hawser.api.enroll.v1.EnrollRequest;
import dev.hawser.api.enroll.v1.EnrollResponse;
import dev.hawser.api.enroll.v1.EnrollmentGrpc;
import dev.hawser.api.enroll.v1.RenewRequest;
import dev.hawser.api.enroll.v1.RenewResponse;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.svid.CertificateRequests;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.token.JoinToken;
import dev.hawser.trust.token.JoinTokenException;
import dev.hawser.trust.verify.ExpectedPeers;
import dev.hawser.trust.verify.LiveTrustManager;
import dev.hawser.trust.verify.PeerVerifier;
import dev.hawser.trust.verify.PinnedRootTrustManager;
import dev.hawser.trust.verify.Role;
import dev.hawser.trust.verify.Verdict;
import dev.hawser.trust.x509.Certificates;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Speaks the enrolment protocol: an attestation or a certificate in, a verified SVID out. */
final class Enroller {
  private final Duration deadline;
  private final InstantSource clock;
  private final PeerVerifier verifier = new PeerVerifier();

  Enroller(Duration deadline, InstantSource clock) {
    this.deadline = deadline;
    this.clock = clock;
  }

  /** A new SVID with the bundles that came along; verified against them. */
  record Issued(Svid svid, TrustBundles bundles) {}

  /** A first SVID and what the control plane said about the workload. */
  record Enrolled(Issued issued, Enrolment enrolment) {}

  /**
   * Asks for a first SVID.
   *
   * @param key the same for each try: a token whose redemption was answered, but not heard, is
   *     answered again to the key that redeemed it
   */
  Enrolled enrol(Attestation attestation, List<String> override, KeyPair key)
      throws IdentityException {
    return switch (attestation) {
      case Attestation.TokenText text -> byToken(text.token(), override, key);
      case Attestation.TokenFile file ->
          byToken(readText(file.file(), "token file"), override, key);
      case Attestation.KubernetesToken kubernetes -> byKubernetes(kubernetes, override, key);
    };
  }

  /** Asks for the next SVID of the same identity, over mTLS with the current one. */
  Issued renew(Svid current, TrustBundles bundles, Enrolment enrolment, List<String> addresses)
      throws IdentityException {
    KeyPair key = KeyMaterial.generate();
    RenewRequest request =
        RenewRequest.newBuilder()
            .setCsr(ByteString.copyFrom(CertificateRequests.create(key)))
            .build();
    RenewResponse response =
        calls(enrolment.cluster(), bundles)
            .first(
                addresses,
                trust(enrolment.cluster(), bundles),
                current,
                target ->
                    EnrollmentGrpc.newBlockingStub(target.channel())
                        .withDeadlineAfter(target.deadline().toMillis(), TimeUnit.MILLISECONDS)
                        .renew(request));
    Issued issued = issued(key, response.getSvid(), response.getBundles(), enrolment.cluster());
    if (!issued.svid().id().equals(current.id())) {
      throw unusable(
          "it renewed " + current.id() + " as another identity, " + issued.svid().id(), null);
    }
    return issued;
  }

  /** Opens a channel to one address with the current identity; the caller shuts it down. */
  ManagedChannel open(Svid svid, TrustBundles bundles, ClusterName cluster, String address)
      throws IdentityException {
    return calls(cluster, bundles)
        .open(address, cluster.controlPlaneSni(), trust(cluster, bundles), svid);
  }

  private ControlPlaneCalls calls(ClusterName cluster, TrustBundles bundles)
      throws IdentityException {
    TrustBundle own =
        bundles.find(TrustDomain.of(cluster.name(), cluster.meshDomain())).orElse(null);
    if (own == null) {
      throw unusable("there is no bundle for " + cluster, null);
    }
    String root = Certificates.fingerprint(own.roots().getFirst());
    return new ControlPlaneCalls(cluster, root, deadline);
  }

  /** Trusts the control plane of one cluster and nobody else. */
  private X509ExtendedTrustManager trust(ClusterName cluster, TrustBundles bundles) {
    SpiffeId expected = SpiffeId.controlPlane(TrustDomain.of(cluster.name(), cluster.meshDomain()));
    return new LiveTrustManager(() -> bundles, ExpectedPeers.exactly(expected), clock, verifier);
  }

  private Enrolled byToken(String text, List<String> override, KeyPair key)
      throws IdentityException {
    JoinToken token = parse(text);
    ClusterName cluster = new ClusterName(token.cluster(), token.meshDomain());
    List<String> addresses =
        override.isEmpty() ? distinct(token.controlPlane(), token.gateways()) : override;
    return enrol(
        EnrollRequest.newBuilder().setJoinToken(text.strip()),
        cluster,
        new ControlPlaneCalls(cluster, token.pin(), deadline),
        new PinnedRootTrustManager(token, clock, verifier),
        addresses,
        token.gateways(),
        key);
  }

  private Enrolled byKubernetes(
      Attestation.KubernetesToken attestation, List<String> override, KeyPair key)
      throws IdentityException {
    ClusterName cluster = attestation.cluster();
    TrustDomain domain = TrustDomain.of(cluster.name(), cluster.meshDomain());
    TrustBundles roots =
        TrustBundles.of(new TrustBundle(domain, readRoots(attestation.rootsFile()), 0));
    List<String> addresses = override.isEmpty() ? attestation.controlPlane() : override;
    return enrol(
        EnrollRequest.newBuilder()
            .setKubernetesServiceAccountToken(
                readText(attestation.tokenFile(), "Kubernetes service-account token")),
        cluster,
        calls(cluster, roots),
        trust(cluster, roots),
        addresses,
        addresses,
        key);
  }

  private Enrolled enrol(
      EnrollRequest.Builder request,
      ClusterName cluster,
      ControlPlaneCalls calls,
      X509ExtendedTrustManager trust,
      List<String> addresses,
      List<String> furtherAddresses,
      KeyPair key)
      throws IdentityException {
    EnrollRequest complete =
        request.setCsr(ByteString.copyFrom(CertificateRequests.create(key))).build();
    EnrollResponse response =
        calls.first(
            addresses,
            trust,
            null,
            target ->
                EnrollmentGrpc.newBlockingStub(target.channel())
                    .withDeadlineAfter(target.deadline().toMillis(), TimeUnit.MILLISECONDS)
                    .enroll(complete));
    Issued issued = issued(key, response.getSvid(), response.getBundles(), cluster);
    Enrolment enrolment =
        new Enrolment(
            issued.svid().id(),
            cluster,
            response.getNetwork().isEmpty() ? cluster.name() : response.getNetwork(),
            distinct(response.getControlPlaneAddressesList(), furtherAddresses),
            response.getServicesList());
    return new Enrolled(issued, enrolment);
  }

  private Issued issued(
      KeyPair key,
      dev.hawser.api.enroll.v1.Svid wire,
      dev.hawser.api.enroll.v1.Bundles wireBundles,
      ClusterName cluster)
      throws IdentityException {
    try {
      List<X509Certificate> chain = WireForms.certificates(wire.getChainList());
      TrustBundles bundles = WireForms.bundles(wireBundles);
      if (chain.isEmpty() || !KeyMaterial.matches(key.getPrivate(), chain.getFirst())) {
        throw unusable("the certificate is for another key than the one made here", null);
      }
      SpiffeId id = SpiffeId.parse(wire.getSpiffeId());
      if (!id.trustDomain().name().equals(cluster.trustDomain())) {
        throw unusable("the identity " + id + " is not of " + cluster.trustDomain(), null);
      }
      return switch (verifier.verify(chain, bundles, clock.instant(), Role.CLIENT)) {
        case Verdict.Trusted trusted when trusted.id().equals(Optional.of(id)) ->
            new Issued(new Svid(id, key.getPrivate(), chain), bundles);
        case Verdict.Trusted trusted ->
            throw unusable("the certificate says " + trusted.id() + ", the answer " + id, null);
        case Verdict.Refused refused -> throw unusable(refused.detail(), null);
      };
    } catch (IllegalArgumentException e) {
      throw unusable(String.valueOf(e.getMessage()), e);
    }
  }

  static JoinToken parse(String text) throws IdentityException {
    try {
      return JoinToken.parse(text.strip());
    } catch (JoinTokenException e) {
      throw new IdentityException("token-malformed", String.valueOf(e.getMessage()), e.hint(), e);
    }
  }

  private static IdentityException unusable(String what, @Nullable Throwable cause) {
    return new IdentityException(
        "answer-unusable",
        "the control plane's certificate for this workload cannot be used: " + what,
        "compare the clocks of both machines; else see the control plane's log",
        cause);
  }

  static String readText(Path file, String what) throws IdentityException {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new IdentityException(
          IdentityException.LOCAL,
          what + " " + file + " cannot be read: " + e,
          "check that it exists and that this user may read it",
          e);
    }
  }

  private static List<X509Certificate> readRoots(Path file) throws IdentityException {
    try {
      List<X509Certificate> roots = Certificates.parsePem(readText(file, "roots file"));
      if (!roots.isEmpty()) {
        return roots;
      }
      throw new IllegalArgumentException("no certificate in it");
    } catch (IllegalArgumentException e) {
      throw new IdentityException(
          IdentityException.LOCAL,
          "roots file " + file + " cannot be used: " + e.getMessage(),
          "it must hold the PEM certificates of the cluster's roots",
          e);
    }
  }

  private static List<String> distinct(List<String> first, List<String> second) {
    Set<String> all = new LinkedHashSet<>(first);
    all.addAll(second);
    return List.copyOf(all);
  }
}
