package dev.hawser.host.identity;

import com.google.protobuf.ByteString;
import dev.hawser.api.enroll.v1.Bundle;
import dev.hawser.api.enroll.v1.Bundles;
import dev.hawser.api.enroll.v1.EnrollRequest;
import dev.hawser.api.enroll.v1.EnrollResponse;
import dev.hawser.api.enroll.v1.EnrollmentGrpc;
import dev.hawser.api.enroll.v1.LeaseHeartbeat;
import dev.hawser.api.enroll.v1.LeaseReply;
import dev.hawser.api.enroll.v1.LeasedService;
import dev.hawser.api.enroll.v1.RenewRequest;
import dev.hawser.api.enroll.v1.RenewResponse;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.token.JoinToken;
import dev.hawser.trust.token.TokenKind;
import dev.hawser.trust.verify.ExpectedPeers;
import dev.hawser.trust.verify.LiveTrustManager;
import dev.hawser.trust.verify.PeerVerifier;
import dev.hawser.trust.x509.Certificates;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** East's enrolment as a control plane serves it: real gRPC over TLS 1.3, real certificates. */
public final class EnrolmentServer implements AutoCloseable {
  public static final SpiffeId WEB =
      SpiffeId.workload(TestAuthority.trustDomain("east"), "shop", "web");

  final AtomicInteger enrolments = new AtomicInteger();
  final AtomicInteger renewals = new AtomicInteger();
  final List<String> serverNames = Collections.synchronizedList(new ArrayList<>());
  volatile TestAuthority issuer;
  volatile TrustBundles bundles;
  volatile @Nullable String refusal;
  volatile Duration ttl = Duration.ofHours(24);
  private volatile List<LeasedService> services = List.of();
  private volatile @Nullable Leases leases;

  /** What answers the heartbeats of a stream. */
  public interface Leases {
    /** Takes a new stream and returns what takes its heartbeats. */
    StreamObserver<LeaseHeartbeat> open(StreamObserver<LeaseReply> replies);
  }

  private final TestAuthority authority;
  private final Server server;

  private EnrolmentServer(
      TestAuthority authority,
      int port,
      ServerKeys keys,
      InstantSource clock,
      List<BindableService> others)
      throws IOException {
    this.authority = authority;
    this.issuer = authority;
    this.bundles = authority.bundles("east");
    LiveTrustManager clients =
        new LiveTrustManager(() -> bundles, ExpectedPeers.any(), clock, new PeerVerifier());
    SslContextBuilder tls =
        GrpcSslContexts.configure(
                SslContextBuilder.forServer(keys.manager(serverNames)), SslProvider.JDK)
            .protocols("TLSv1.3")
            .trustManager(clients)
            .clientAuth(ClientAuth.OPTIONAL);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .sslContext(tls.build())
            .addService(new Service());
    others.forEach(builder::addService);
    this.server = builder.build().start();
  }

  /** Serves as east's control plane under the authority's root. */
  public static EnrolmentServer start(TestAuthority authority) throws IOException {
    return start(authority, 0);
  }

  /** The same with another service of the control plane at the same port. */
  public static EnrolmentServer start(TestAuthority authority, BindableService other)
      throws IOException {
    return new EnrolmentServer(
        authority, 0, ServerKeys.of(controlPlane(authority)), authority.clock(), List.of(other));
  }

  /** The same at a port of its own. */
  public static EnrolmentServer start(TestAuthority authority, int port) throws IOException {
    return start(authority, port, ServerKeys.of(controlPlane(authority)));
  }

  static EnrolmentServer start(TestAuthority authority, int port, ServerKeys keys)
      throws IOException {
    return new EnrolmentServer(authority, port, keys, authority.clock(), List.of());
  }

  /** Grants services to who enrols from now on, and takes the heartbeats of its leases. */
  public void lease(List<LeasedService> granted, Leases answering) {
    services = granted;
    leases = answering;
  }

  /** A control plane's key with the chain as it is sent: leaf, intermediate, root. */
  static Svid controlPlane(TestAuthority authority) {
    Svid svid = authority.controlPlane("east");
    List<X509Certificate> chain = new ArrayList<>(svid.chain());
    chain.add(authority.root().certificate());
    return new Svid(svid.id(), svid.privateKey(), chain);
  }

  /** A token that leads here; this server takes any. */
  public String token() {
    return token(authority, address());
  }

  static String token(TestAuthority authority, String address) {
    return new JoinToken(
            TokenKind.WORKLOAD,
            "0123456789abcdef",
            "A".repeat(43),
            "east",
            TestAuthority.MESH_DOMAIN,
            List.of(address),
            List.of(),
            authority.root().pin(),
            authority
                .clock()
                .instant()
                .plusSeconds(900)
                .truncatedTo(java.time.temporal.ChronoUnit.SECONDS),
            "web")
        .text();
  }

  public String address() {
    return "127.0.0.1:" + port();
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Service extends EnrollmentGrpc.EnrollmentImplBase {
    @Override
    public void enroll(EnrollRequest request, StreamObserver<EnrollResponse> reply) {
      enrolments.incrementAndGet();
      String code = refusal;
      if (code != null) {
        Metadata trailers = new Metadata();
        trailers.put(Metadata.Key.of("hawser-code", Metadata.ASCII_STRING_MARSHALLER), code);
        trailers.put(Metadata.Key.of("hawser-hint", Metadata.ASCII_STRING_MARSHALLER), "ask anew");
        reply.onError(
            Status.PERMISSION_DENIED
                .withDescription("the token was used before")
                .asRuntimeException(trailers));
        return;
      }
      reply.onNext(
          EnrollResponse.newBuilder()
              .setSvid(svid(request.getCsr()))
              .setBundles(wire(bundles))
              .setCluster("east")
              .setMeshDomain(TestAuthority.MESH_DOMAIN)
              .setNetwork("east-net")
              .addControlPlaneAddresses(address())
              .addAllServices(services)
              .build());
      reply.onCompleted();
    }

    @Override
    public StreamObserver<LeaseHeartbeat> lease(StreamObserver<LeaseReply> replies) {
      Leases answering = leases;
      return answering == null ? super.lease(replies) : answering.open(replies);
    }

    @Override
    public void renew(RenewRequest request, StreamObserver<RenewResponse> reply) {
      renewals.incrementAndGet();
      reply.onNext(
          RenewResponse.newBuilder()
              .setSvid(svid(request.getCsr()))
              .setBundles(wire(bundles))
              .build());
      reply.onCompleted();
    }
  }

  private dev.hawser.api.enroll.v1.Svid svid(ByteString csr) {
    List<X509Certificate> chain = issuer.cluster("east").issue(WEB, csr.toByteArray(), ttl);
    return dev.hawser.api.enroll.v1.Svid.newBuilder()
        .setSpiffeId(WEB.toString())
        .addAllChain(Certificates.ders(chain).stream().map(ByteString::copyFrom).toList())
        .build();
  }

  private static Bundles wire(TrustBundles bundles) {
    Bundles.Builder wire = Bundles.newBuilder();
    for (TrustBundle bundle : bundles.bundles().values()) {
      wire.addBundles(
          Bundle.newBuilder()
              .setTrustDomain(bundle.trustDomain().name())
              .addAllRoots(
                  Certificates.ders(bundle.roots()).stream().map(ByteString::copyFrom).toList())
              .setSequence(bundle.sequence()));
    }
    return wire.build();
  }
}
