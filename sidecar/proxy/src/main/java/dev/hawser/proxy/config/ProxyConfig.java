package dev.hawser.proxy.config;

import dev.hawser.api.model.Locality;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.host.identity.Attestation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How to start a sidecar.
 *
 * @param node unique among the proxies of a cluster
 * @param address IP address of the workload, where others reach it
 * @param network empty: the one that the control plane says
 * @param locality unknown: the cluster's own
 * @param dataDir key, certificate, bundles and last good configuration
 * @param join empty if the data directory holds an identity
 * @param controlPlane host:port instead of the enrolment's; may be empty
 * @param applicationHost where the application listens
 * @param version of the workload, in metrics
 * @param capture what a packet filter may redirect to it; empty: its outbound port takes only
 *     requests by host
 */
public record ProxyConfig(
    String node,
    String address,
    Optional<String> network,
    Locality locality,
    Path dataDir,
    Optional<Attestation> join,
    List<String> controlPlane,
    String applicationHost,
    Optional<String> version,
    Optional<Capture> capture,
    List<ExplicitUpstream> upstreams,
    Listen listen,
    AccessLogTarget accessLog) {
  public ProxyConfig {
    controlPlane = List.copyOf(controlPlane);
    upstreams = List.copyOf(upstreams);
  }

  /** What a captured workload may call that is in no registry, by Istio's words. */
  public enum Capture {
    ALLOW_ANY,
    REGISTRY_ONLY;

    /**
     * Reads {@code ALLOW_ANY}, {@code REGISTRY_ONLY}, or {@code off}, which is empty.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static Optional<Capture> parse(String text) {
      return switch (text) {
        case "off" -> Optional.empty();
        case "ALLOW_ANY" -> Optional.of(ALLOW_ANY);
        case "REGISTRY_ONLY" -> Optional.of(REGISTRY_ONLY);
        default ->
            throw new IllegalArgumentException(
                "'" + text + "' (expected: ALLOW_ANY, REGISTRY_ONLY or off)");
      };
    }
  }

  /**
   * A service that the workload reaches at a local address of its own.
   *
   * @param port of the service
   * @param listen where the workload connects to
   */
  public record ExplicitUpstream(ServiceName service, int port, InetSocketAddress listen) {}

  /**
   * Where the proxy listens.
   *
   * @param inbound port on the workload's address for other proxies
   * @param outbound port for requests to any host of the mesh
   * @param outboundAddress of that port
   * @param admin loopback
   * @param dns empty: none
   */
  public record Listen(
      int inbound,
      int outbound,
      String outboundAddress,
      InetSocketAddress admin,
      InetSocketAddress metrics,
      InetSocketAddress ready,
      Optional<InetSocketAddress> dns) {
    public static final int INBOUND = 15006;
    public static final int OUTBOUND = 15001;
    public static final int ADMIN = 15000;
    public static final int METRICS = 15020;
    public static final int READY = 15021;
    public static final int DNS = 15053;

    /** Returns the usual ports on a workload's address, admin on 127.0.0.1. */
    public static Listen usual(String address) {
      return new Listen(
          INBOUND,
          OUTBOUND,
          address,
          new InetSocketAddress(InetAddress.getLoopbackAddress(), ADMIN),
          new InetSocketAddress(address, METRICS),
          new InetSocketAddress(address, READY),
          Optional.of(new InetSocketAddress(address, DNS)));
    }

    /** Returns the same without DNS. */
    public Listen withoutDns() {
      return new Listen(
          inbound, outbound, outboundAddress, admin, metrics, ready, Optional.empty());
    }
  }

  /** Where the access log goes. */
  public sealed interface AccessLogTarget {
    /** Nowhere. */
    record Off() implements AccessLogTarget {}

    /** A file, or {@code /dev/stdout}. */
    record File(String path) implements AccessLogTarget {}
  }
}
