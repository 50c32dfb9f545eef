package dev.hawser.gateway.config;

import dev.hawser.gateway.proxyprotocol.AddressBlock;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a gateway is started with.
 *
 * @param node unique among the proxies of its cluster
 * @param listen where other networks' connections arrive
 * @param advertise {@code host:port} under which other clusters reach it
 * @param dataDir for its key, its certificate and the last good configuration; 0700
 * @param join how it proves who it is the first time
 * @param admin where it is administrated, loopback
 * @param metrics where others read its metrics, if anywhere
 * @param ready where others ask whether it is ready, if anywhere
 * @param drain how long connections may finish after SIGTERM
 * @param limits what an outsider can grow
 * @param proxyProtocolFrom load balancers whose connections begin with a header of the PROXY
 *     protocol, which says who is behind them; nobody else is asked or believed
 * @param concurrency event loops; 0 for one per core
 */
public record GatewayConfig(
    String node,
    InetSocketAddress listen,
    String advertise,
    Path dataDir,
    Join join,
    InetSocketAddress admin,
    Optional<InetSocketAddress> metrics,
    Optional<InetSocketAddress> ready,
    Duration drain,
    Limits limits,
    List<AddressBlock> proxyProtocolFrom,
    int concurrency) {
  public GatewayConfig {
    proxyProtocolFrom = List.copyOf(proxyProtocolFrom);
  }

  /** Returns how many event loops there are on this machine. */
  public int workers() {
    return concurrency == 0 ? Runtime.getRuntime().availableProcessors() : concurrency;
  }

  /** How the gateway proves who it is. */
  public sealed interface Join {
    /** By a one-use token in a file. */
    record Token(Path file) implements Join {}

    /** By a Kubernetes service-account token; the fields are those of a sidecar's start file. */
    record Kubernetes(
        Path tokenFile,
        List<String> controlPlane,
        String cluster,
        String meshDomain,
        Path rootsFile)
        implements Join {}

    /** It has joined before and its data directory says the rest. */
    record Before() implements Join {}
  }

  /**
   * What an outsider can grow.
   *
   * @param connections at the same time, from everywhere
   * @param perSource at the same time, from one address
   * @param hello from the beginning of a connection to a whole ClientHello
   * @param idle without a byte in either direction
   * @param withdrawn how long a connection may go on after its slot was withdrawn or given anew
   */
  public record Limits(
      int connections, int perSource, Duration hello, Duration idle, Duration withdrawn) {
    /** Returns 20,000 connections, 5,000 from one address, 5 s, 1 h and 4 s. */
    public static Limits usual() {
      return new Limits(
          20_000, 5_000, Duration.ofSeconds(5), Duration.ofHours(1), Duration.ofSeconds(4));
    }
  }
}
