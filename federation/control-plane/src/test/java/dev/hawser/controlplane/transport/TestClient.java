package dev.hawser.controlplane.transport;

import dev.hawser.api.enroll.v1.EnrollmentGrpc;
import dev.hawser.api.enroll.v1.LeaseHeartbeat;
import dev.hawser.api.enroll.v1.LeaseReply;
import dev.hawser.api.enroll.v1.RenewRequest;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.verify.ExpectedPeers;
import dev.hawser.trust.verify.LiveTrustManager;
import dev.hawser.trust.verify.PeerVerifier;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.Socket;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** A caller with one TLS context, whose sessions may be resumed by its next channel. */
final class TestClient implements AutoCloseable {
  /** Handshakes in which the server's certificates were looked at: the others were resumed. */
  final AtomicInteger fullHandshakes = new AtomicInteger();

  final BlockingQueue<X509Certificate[]> serverChains = new LinkedBlockingQueue<>();
  private final SslContext tls;
  private final int port;
  private final String serverName;
  private final List<ManagedChannel> channels = new ArrayList<>();

  TestClient(
      int port,
      String serverName,
      TrustBundles bundles,
      @Nullable PrivateKey key,
      List<X509Certificate> chain)
      throws SSLException {
    this.port = port;
    this.serverName = serverName;
    LiveTrustManager trust =
        new LiveTrustManager(
            () -> bundles, ExpectedPeers.any(), InstantSource.system(), new PeerVerifier());
    SslContextBuilder builder =
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
            .trustManager(new Counting(trust));
    if (key != null) {
      builder.keyManager(key, chain.toArray(X509Certificate[]::new));
    }
    tls = builder.build();
  }

  /** Opens a connection of its own. */
  EnrollmentGrpc.EnrollmentBlockingStub connect() {
    return EnrollmentGrpc.newBlockingStub(channel()).withDeadlineAfter(10, TimeUnit.SECONDS);
  }

  ManagedChannel channel() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .overrideAuthority(serverName + ":" + port) // JSSE resumes only what has a port
            .sslContext(tls)
            .build();
    channels.add(channel);
    return channel;
  }

  String whoAmI() {
    return connect().renew(RenewRequest.getDefaultInstance()).getSvid().getSpiffeId();
  }

  /** A stream that stays open. */
  static final class Stream implements StreamObserver<LeaseReply> {
    final CompletableFuture<Throwable> ended = new CompletableFuture<>();
    final BlockingQueue<Long> replies = new LinkedBlockingQueue<>();
    private StreamObserver<LeaseHeartbeat> requests;
    private long sequence;

    Stream(ManagedChannel channel) throws InterruptedException {
      requests = EnrollmentGrpc.newStub(channel).lease(this);
      beat();
    }

    /** Sends one message and waits for its answer. */
    void beat() throws InterruptedException {
      requests.onNext(LeaseHeartbeat.newBuilder().setSequence(++sequence).build());
      if (replies.poll(10, TimeUnit.SECONDS) == null) {
        throw new AssertionError("no reply; ended=" + ended);
      }
    }

    @Override
    public void onNext(LeaseReply reply) {
      replies.add(reply.getSequence());
    }

    @Override
    public void onError(Throwable reason) {
      ended.complete(reason);
    }

    @Override
    public void onCompleted() {
      ended.complete(new IllegalStateException("completed by the server"));
    }
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }

  private final class Counting extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager inner;

    Counting(X509ExtendedTrustManager inner) {
      this.inner = inner;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      fullHandshakes.incrementAndGet();
      serverChains.add(chain);
      inner.checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      throw new AssertionError("not with an engine");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
      throw new AssertionError("not with an engine");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
      throw new AssertionError("not a server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
      throw new AssertionError("not a server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      throw new AssertionError("not a server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return inner.getAcceptedIssuers();
    }
  }
}
