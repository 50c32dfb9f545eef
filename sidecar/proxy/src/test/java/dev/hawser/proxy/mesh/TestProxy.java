package dev.hawser.proxy.mesh;

import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.engine.tls.IdentitySource;
import dev.hawser.proxy.boot.DataPlane;
import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.ConnectionAuthz;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.EndpointSet;
import dev.hawser.proxy.model.HeaderOps;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.telemetry.AccessLog;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A proxy of a workload, configured by hand. */
final class TestProxy implements AutoCloseable {
  static final Duration STABILITY = Duration.ofSeconds(2);

  private final ChangingIdentity identity;
  private final String cluster;
  private final Metrics metrics = new Metrics();
  private final Path log;
  private final Path logs;
  private final DataPlane plane;
  private final int inboundPort = FreePorts.next();
  private final List<ListenerConfig.Chain> chains = new ArrayList<>();
  final List<String> asked = new CopyOnWriteArrayList<>();

  TestProxy(TestAuthority authority, String cluster, String account) throws IOException {
    this(authority, cluster, account, 2, HttpLimits.defaults());
  }

  TestProxy(TestAuthority authority, String cluster, String account, int workers, HttpLimits limits)
      throws IOException {
    this.cluster = cluster;
    this.identity =
        new ChangingIdentity(
            authority.workload(cluster, "shop", account),
            authority.bundles("east", "west", "north"));
    this.log = Files.createTempFile("access", ".log");
    this.logs = Files.createTempDirectory("logs");
    this.plane =
        new DataPlane(
            identity,
            new EventLoops.Options(workers, true, "proxy-" + account),
            metrics,
            AccessLog.open(log.toString(), metrics),
            Optional.of(logs),
            Optional.of("v1"),
            limits,
            asked::add,
            asked::add);
  }

  /** An identity that a test changes at will. */
  private static final class ChangingIdentity implements IdentitySource {
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Optional<Svid> own;
    private volatile TrustBundles trust;

    ChangingIdentity(Svid own, TrustBundles trust) {
      this.own = Optional.of(own);
      this.trust = trust;
    }

    @Override
    public Optional<Svid> svid() {
      return own;
    }

    @Override
    public TrustBundles bundles() {
      return trust;
    }

    @Override
    public Registration onChange(Runnable listener) {
      listeners.add(listener);
      return () -> listeners.remove(listener);
    }
  }

  /** Has another certificate from now on. */
  void become(Svid next) {
    identity.own = Optional.of(next);
    identity.listeners.forEach(Runnable::run);
  }

  /** Trusts others from now on. */
  void trust(TrustBundles next) {
    identity.trust = next;
    identity.listeners.forEach(Runnable::run);
  }

  SpiffeId id() {
    return identity.own.orElseThrow().id();
  }

  DataPlane plane() {
    return plane;
  }

  String cluster() {
    return cluster;
  }

  int inboundPort() {
    return inboundPort;
  }

  String metrics() {
    return metrics.prometheus();
  }

  List<String> logLines() throws IOException {
    return Files.readAllLines(log);
  }

  /** Returns the lines of a log that a listener asked for; none if it is not there yet. */
  List<String> logLines(String name) throws IOException {
    Path file = logs.resolve(name);
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  /** Serves the service by an application of HTTP at a port of this machine. */
  EndpointConfig serve(
      String service, UpstreamConfig.Protocol protocol, int appPort, Access... access)
      throws IOException {
    return serve(service, protocol, appPort, HeaderOps.NONE, access);
  }

  /** Serves with changes of heads by the route. */
  EndpointConfig serve(
      String service,
      UpstreamConfig.Protocol protocol,
      int appPort,
      HeaderOps headers,
      Access... access)
      throws IOException {
    if (protocol == UpstreamConfig.Protocol.TCP) {
      return serveBytes(service, appPort, Optional.empty(), access);
    }
    String upstream = application(service, protocol, appPort);
    return listen(
        service,
        List.of("h2", "http/1.1"),
        List.of(),
        Configs.http(
            new ListenerConfig.Routes.Inline(
                Configs.routes(upstream, upstream, Duration.ZERO, RetryRule.none(), headers)),
            true,
            access));
  }

  /** Serves the service by an application of raw bytes. */
  EndpointConfig serveBytes(
      String service, int appPort, Optional<ConnectionAuthz> ask, Access... access)
      throws IOException {
    String upstream = application(service, UpstreamConfig.Protocol.TCP, appPort);
    return listen(
        service,
        List.of("hawser-tcp/1"),
        List.of(access),
        new ListenerConfig.Content.Tcp(upstream, Optional.empty(), List.of(), ask));
  }

  private String application(String service, UpstreamConfig.Protocol protocol, int port) {
    String upstream = "inbound|8080|" + service;
    plane.upstreams().configure(Configs.application(upstream, protocol, port));
    return upstream;
  }

  private EndpointConfig listen(
      String service, List<String> alpn, List<Access> access, ListenerConfig.Content content)
      throws IOException {
    String serverName = Configs.serverName(service, cluster);
    chains.removeIf(chain -> chain.serverNames().contains(serverName));
    chains.add(Configs.chain(serverName, alpn, access, content));
    plane
        .listeners()
        .put(
            new ListenerConfig(
                "inbound", new Address(Configs.HOST, inboundPort), List.copyOf(chains)));
    return Configs.endpoint(inboundPort, serverName, cluster);
  }

  /** Calls an upstream of HTTP by a local port. */
  int call(UpstreamConfig upstream, RetryRule retries, EndpointSet.Group... groups)
      throws IOException {
    return call(upstream, retries, Duration.ofSeconds(15), groups);
  }

  int call(
      UpstreamConfig upstream, RetryRule retries, Duration timeout, EndpointSet.Group... groups)
      throws IOException {
    int port = FreePorts.next();
    plane.upstreams().configure(upstream);
    plane.upstreams().update(Configs.set(upstream.name(), groups));
    plane.routes().put(Configs.routes(upstream.name(), upstream.name(), timeout, retries));
    plane
        .listeners()
        .put(
            Configs.plain(
                port, Configs.http(new ListenerConfig.Routes.Named(upstream.name()), false)));
    return port;
  }

  /** Calls an upstream of raw bytes by a local port. */
  int callTcp(UpstreamConfig upstream, EndpointSet.Group... groups) throws IOException {
    int port = FreePorts.next();
    plane.upstreams().configure(upstream);
    plane.upstreams().update(Configs.set(upstream.name(), groups));
    plane
        .listeners()
        .put(
            Configs.plain(port, new ListenerConfig.Content.Tcp(upstream.name(), Optional.empty())));
    return port;
  }

  @Override
  public void close() throws IOException {
    plane.close();
    Files.deleteIfExists(log);
    if (!Files.exists(logs)) {
      return;
    }
    try (Stream<Path> files = Files.list(logs)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(logs);
  }
}
