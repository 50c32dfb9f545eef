package dev.hawser.agent.run;

import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.config.Ports;
import dev.hawser.agent.config.UpstreamSpec;
import dev.hawser.api.model.Locality;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.host.identity.HostPort;
import dev.hawser.proxy.config.ProxyConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/** Turns what the operator decided into the start of the embedded proxy. */
public final class ProxyConfigs {
  private ProxyConfigs() {}

  /** Returns it. */
  public static ProxyConfig of(AgentConfig config, Path dataDir) {
    return new ProxyConfig(
        config.name(),
        config.address(),
        Optional.empty(),
        Locality.parse(config.locality()),
        dataDir,
        Optional.empty(),
        config.controlPlane(),
        config.appHost(),
        Optional.empty(),
        ProxyConfig.Capture.parse(config.capture()),
        config.upstreams().stream().map(ProxyConfigs::upstream).toList(),
        listen(config),
        config.accessLog().equals("off")
            ? new ProxyConfig.AccessLogTarget.Off()
            : new ProxyConfig.AccessLogTarget.File(config.accessLog()));
  }

  private static ProxyConfig.ExplicitUpstream upstream(UpstreamSpec spec) {
    HostPort listen = HostPort.parse(spec.listen());
    return new ProxyConfig.ExplicitUpstream(
        ServiceName.parse(spec.service()),
        spec.port(),
        new InetSocketAddress(listen.host(), listen.port()));
  }

  private static ProxyConfig.Listen listen(AgentConfig config) {
    Ports ports = config.ports();
    String address = config.address();
    InetAddress own = InetAddress.ofLiteral(address);
    // Administration never leaves the machine.
    InetAddress local = own.isLoopbackAddress() ? own : InetAddress.getLoopbackAddress();
    return new ProxyConfig.Listen(
        or(ports.inbound(), ProxyConfig.Listen.INBOUND),
        or(ports.outbound(), ProxyConfig.Listen.OUTBOUND),
        local.getHostAddress(),
        new InetSocketAddress(local, or(ports.admin(), ProxyConfig.Listen.ADMIN)),
        new InetSocketAddress(own, or(ports.metrics(), ProxyConfig.Listen.METRICS)),
        new InetSocketAddress(own, or(ports.ready(), ProxyConfig.Listen.READY)),
        dns(ports.dns(), local));
  }

  private static Optional<InetSocketAddress> dns(String dns, InetAddress local) {
    if (dns.equals("off")) {
      return Optional.empty();
    }
    if (dns.isEmpty()) {
      return Optional.of(new InetSocketAddress(local, ProxyConfig.Listen.DNS));
    }
    HostPort at = HostPort.parse(dns);
    return Optional.of(new InetSocketAddress(at.host(), at.port()));
  }

  private static int or(int port, int usual) {
    return port == 0 ? usual : port;
  }
}
