package dev.hawser.host.sds;

import dev.hawser.host.identity.IdentityClient;
import dev.hawser.host.identity.Registration;
import dev.hawser.trust.svid.PrivateFiles;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a stock Envoy or a gRPC client on this host needs, on a Unix socket. By Envoy's secret
 * discovery service (SDS v3, state of the world and delta) {@code default} is the workload's key
 * and certificate chain, {@code bundles} what it trusts; both are pushed when they change. By its
 * aggregated discovery service (ADS v3) they get their configuration: {@link DiscoveryRelay}.
 *
 * <p>The socket is the credential: its file is 0600, and a peer must run as the same user or as
 * root, whatever became of the file's permissions.
 */
public final class SecretServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SecretServer.class);
  private static final int MAX_PATH = 107;
  private static final int MAX_STREAMS = 64;

  /** A node that lists all extensions of its Envoy, and the names that it subscribes to. */
  private static final int MAX_MESSAGE = 1024 * 1024;

  private final Path socket;
  private final EventLoopGroup loop;
  private final Server server;
  private final Registration registration;

  private SecretServer(Path socket, EventLoopGroup loop, Server server, Registration registration) {
    this.socket = socket;
    this.loop = loop;
    this.server = server;
    this.registration = registration;
  }

  /**
   * Begins to serve.
   *
   * @param socket at most 107 octets; a socket that a former run left there is replaced
   * @throws IOException if the socket cannot be made, e.g. on a system without epoll
   */
  public static SecretServer start(Path socket, IdentityClient identity) throws IOException {
    prepare(socket);
    EventLoopGroup loop = new EpollEventLoopGroup(1, new DefaultThreadFactory("hawser-sds", true));
    SecretService service = new SecretService(new Secrets(identity));
    DiscoveryRelay relay = new DiscoveryRelay(identity);
    Server server =
        NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toString()))
            .bossEventLoopGroup(loop)
            .workerEventLoopGroup(loop)
            .channelFactory(SameUserAcceptor::open)
            .maxConcurrentCallsPerConnection(MAX_STREAMS)
            .maxInboundMessageSize(MAX_MESSAGE)
            .addService(service)
            .addService(relay)
            .build();
    try {
      server.start();
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      server.shutdownNow();
      var _ = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw new IOException("SDS cannot listen at " + socket + ": " + e.getMessage(), e);
    }
    LOG.info("Secrets are served. socket={}", socket);
    Registration registration =
        identity.onChange(() -> {
          service.changed();
          relay.changed();
        });
    return new SecretServer(socket, loop, server, registration);
  }

  @Override
  public void close() {
    registration.close();
    server.shutdownNow();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    try {
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      LOG.warn("The socket file could not be removed. socket={}", socket, e);
    }
  }

  private static void prepare(Path socket) throws IOException {
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_PATH) {
      throw new IOException(
          "socket path of " + length + " octets (expected: at most " + MAX_PATH + "): " + socket);
    }
    if (!Epoll.isAvailable()) {
      throw new IOException("Unix sockets need epoll here: " + Epoll.unavailabilityCause());
    }
    Path directory = socket.toAbsolutePath().getParent();
    if (directory != null && !Files.isDirectory(directory)) {
      PrivateFiles.createDirectory(directory);
    }
    if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      BasicFileAttributes attributes =
          Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isOther()) {
        throw new IOException(socket + " is there and is not a socket");
      }
      Files.delete(socket);
    }
  }
}
