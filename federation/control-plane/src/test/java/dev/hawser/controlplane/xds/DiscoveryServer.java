package dev.hawser.controlplane.xds;

import dev.hawser.controlplane.snapshot.SnapshotHolder;
import dev.hawser.trust.spiffe.SpiffeId;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/** The discovery services on a real socket, without TLS: the identity is given by the test. */
final class DiscoveryServer implements AutoCloseable {
  final SnapshotHolder snapshots = new SnapshotHolder();
  final ProxyRegistry proxies = new ProxyRegistry(InstantSource.system(), () -> {});
  final AdsService ads;
  private final Server server;
  private volatile SpiffeId caller = Nodes.WEB;

  DiscoveryServer(BindableService... others) {
    ads = new AdsService(snapshots, proxies, () -> caller);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
            .addService(ads);
    for (BindableService other : others) {
      builder.addService(other);
    }
    try {
      server = builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void callersAre(SpiffeId identity) {
    caller = identity;
  }

  int port() {
    return server.getPort();
  }

  ManagedChannel channel() {
    return NettyChannelBuilder.forAddress("127.0.0.1", port()).usePlaintext().build();
  }

  @Override
  public void close() {
    ads.close();
    server.shutdownNow();
    try {
      if (!server.awaitTermination(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the test's server does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
