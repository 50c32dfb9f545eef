package dev.hawser.controlplane.enroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.hawser.api.admin.TokenRequest;
import dev.hawser.api.enroll.v1.EnrollRequest;
import dev.hawser.api.enroll.v1.EnrollResponse;
import dev.hawser.api.enroll.v1.EnrollmentGrpc;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.controlplane.enroll.ServiceAccountAttestor.Attestation;
import dev.hawser.controlplane.state.MemoryStateStore;
import dev.hawser.controlplane.state.StateJson;
import dev.hawser.controlplane.transport.EventLoops;
import dev.hawser.controlplane.transport.HostPort;
import dev.hawser.controlplane.transport.MeshServer;
import dev.hawser.controlplane.transport.ServerLimits;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.svid.CertificateRequests;
import dev.hawser.trust.token.TokenIssuer;
import dev.hawser.trust.token.TokenLedger;
import dev.hawser.trust.verify.ExpectedPeers;
import dev.hawser.trust.verify.LiveTrustManager;
import dev.hawser.trust.verify.PeerVerifier;
import dev.hawser.trust.x509.Certificates;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
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
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A control plane's enrolment over real gRPC, and callers with real certificates. */
abstract class EnrollmentRig {
  static final TrustDomain EAST = new TrustDomain("east.mesh.internal");
  static final TrustDomain WEST = new TrustDomain("west.mesh.internal");

  final MemoryStateStore store = new MemoryStateStore();
  final InstantSource clock = InstantSource.system();
  final TrustState trust = TrustState.open(new ClusterName("east", "mesh.internal"), store, clock);
  final TokenLedger ledger =
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
  final GrantBook grants = new GrantBook(store);
  final RecordingSink leases = new RecordingSink();
  final Map<String, Attestation> accounts = new ConcurrentHashMap<>();
  final EventLoops loops = new EventLoops();
  final List<ManagedChannel> channels = new ArrayList<>();
  MeshServer server;

  static final class RecordingSink implements LeaseSink {
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

  ManagedChannel channel(@Nullable PrivateKey key, List<X509Certificate> chain) throws IOException {
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

  EnrollResponse enrol(EnrollRequest request) throws IOException {
    return EnrollmentGrpc.newBlockingStub(channel(null, List.of()))
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .enroll(request);
  }

  String token(TokenRequest request) {
    Grant grant = Grant.of(request);
    return ledger
        .issue(
            grant.kind(),
            grant.name(),
            new String(StateJson.write(grant), StandardCharsets.UTF_8),
            Duration.ofMinutes(15))
        .text();
  }

  String workloadToken() {
    return token(new TokenRequest("WORKLOAD", "", "shop", "web", List.of(), 0));
  }

  String vmToken() {
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

  static EnrollRequest byToken(String token, KeyPair keys) {
    return EnrollRequest.newBuilder()
        .setJoinToken(token)
        .setCsr(ByteString.copyFrom(CertificateRequests.create(keys)))
        .build();
  }

  static List<X509Certificate> chain(List<ByteString> ders) {
    return Certificates.parseAll(ders.stream().map(ByteString::toByteArray).toList());
  }

  static void assertRefused(Callable<?> call, Status.Code status, String code) {
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
}
