package dev.hawser.agent.config;

import dev.hawser.api.model.Locality;
import dev.hawser.proxy.config.ProxyConfig;
import java.net.InetAddress;
import java.util.List;

/**
 * What the operator decided for this machine.
 *
 * @param name of the VM, shown as the owner of its endpoints
 * @param address IP address at which other proxies reach this machine
 * @param appHost where the applications listen
 * @param locality {@code region[/zone[/subzone]]}; empty: the cluster's own
 * @param controlPlane {@code host:port} instead of what the enrolment said; usually empty
 * @param upstreams services that programs here call
 * @param health checks by service; a service without one is checked by a connect to its port
 * @param writeCerts directory for certificate files; empty: none
 * @param accessLog path, {@code /dev/stdout} or {@code off}
 * @param secretsSocket path of a Unix socket where a stock Envoy gets its key by SDS; empty: none
 * @param capture what programs here may call that is in no registry, once {@code capture apply} has
 *     redirected them: {@code ALLOW_ANY}, {@code REGISTRY_ONLY}, or {@code off}: no redirected
 *     connection is taken
 * @param noProxy whether another proxy than ours serves here, as a stock Envoy does
 */
public record AgentConfig(
    String name,
    String address,
    String appHost,
    String locality,
    List<String> controlPlane,
    List<UpstreamSpec> upstreams,
    List<HealthSpec> health,
    String writeCerts,
    String accessLog,
    Ports ports,
    String secretsSocket,
    String capture,
    boolean noProxy) {
  public AgentConfig {
    // A file that was written by hand may leave out what has a usual value.
    appHost = appHost == null ? "127.0.0.1" : appHost;
    locality = locality == null ? "" : locality;
    controlPlane = controlPlane == null ? List.of() : List.copyOf(controlPlane);
    upstreams = upstreams == null ? List.of() : List.copyOf(upstreams);
    health = health == null ? List.of() : List.copyOf(health);
    writeCerts = writeCerts == null ? "" : writeCerts;
    accessLog = accessLog == null ? "off" : accessLog;
    ports = ports == null ? Ports.usual() : ports;
    capture = capture == null ? "ALLOW_ANY" : capture;
    ProxyConfig.Capture.parse(capture);
    secretsSocket = secretsSocket == null ? "" : secretsSocket;
    Locality.parse(locality);
    if (address == null || !isLiteral(address)) {
      throw new IllegalArgumentException(
          "address: '" + address + "' (expected: an IP address of this machine)");
    }
    if (name == null || name.isEmpty() || name.length() > 253) {
      throw new IllegalArgumentException("name: '" + name + "' (expected: 1-253 characters)");
    }
  }

  private static boolean isLiteral(String text) {
    try {
      InetAddress.ofLiteral(text);
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
