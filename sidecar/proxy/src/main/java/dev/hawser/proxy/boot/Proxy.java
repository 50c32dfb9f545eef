package dev.hawser.proxy.boot;

import com.google.protobuf.Message;
import dev.hawser.engine.admin.AdminServer;
import dev.hawser.engine.drain.DrainTrigger;
import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.engine.xds.AdsClient;
import dev.hawser.engine.xds.AdsStatus;
import dev.hawser.engine.xds.ControlPlaneDialer;
import dev.hawser.engine.xds.TypeUrls;
import dev.hawser.host.dns.DnsListener;
import dev.hawser.host.dns.DnsOptions;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.host.identity.IdentityException;
import dev.hawser.host.identity.IdentityOptions;
import dev.hawser.host.identity.IdentityStatus;
import dev.hawser.proxy.config.ProxyConfig;
import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.telemetry.AccessLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sidecar that runs. Embeddable: it installs no shutdown hook and ends with {@link #close}.
 *
 * <p>Safe for use by any thread.
 */
public final class Proxy implements AutoCloseable {
  /** How long work that has begun may go on when the proxy is told to end. */
  public static final Duration DRAIN = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(Proxy.class);

  private final ProxyConfig config;
  private final IdentityClient identity;
  private final Metrics metrics = new Metrics();
  private final DrainTrigger drain = new DrainTrigger(DRAIN);
  private final DataPlane plane;
  private final XdsFeed feed;
  private final AdsClient ads;
  private final CompletableFuture<Void> configured;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /**
   * What a proxy says about itself.
   *
   * @param connections open
   */
  public record Status(
      String node,
      IdentityStatus identity,
      AdsStatus controlPlane,
      boolean ready,
      boolean draining,
      int connections) {}

  private Proxy(ProxyConfig config, IdentityClient identity) throws IOException {
    this.config = config;
    this.identity = identity;
    HostIdentity source = new HostIdentity(identity);
    AccessLog log =
        switch (config.accessLog()) {
          case ProxyConfig.AccessLogTarget.Off _ -> AccessLog.off(metrics);
          case ProxyConfig.AccessLogTarget.File(String path) -> AccessLog.open(path, metrics);
        };
    this.plane =
        new DataPlane(
            source,
            EventLoops.Options.defaults("proxy"),
            metrics,
            log,
            Optional.of(config.dataDir().resolve("logs")),
            HttpLimits.defaults(),
            this::askForHost);
    open.push(plane);
    ControlPlaneDialer dialer =
        new ControlPlaneDialer(
            plane.tls(), source, identity.enrolment().cluster(), identity::controlPlane);
    open.push(dialer);
    this.feed = new XdsFeed(plane, identity);
    this.ads =
        feed.register(
                AdsClient.builder(
                    NodeFacts.of(config, identity.enrolment()),
                    dialer,
                    config.dataDir().resolve("xds")))
            .build();
    open.push(ads);
    this.configured = ads.served(TypeUrls.LISTENER);
  }

  /**
   * Starts a proxy with an identity of its own: from the data directory, else it enrols and waits
   * until it may.
   *
   * @throws IdentityException if the enrolment is refused
   * @throws IOException if an address cannot be bound or the data directory not be written
   */
  public static Proxy start(ProxyConfig config)
      throws IOException, IdentityException, InterruptedException {
    IdentityOptions options =
        IdentityOptions.of(config.dataDir()).withControlPlane(config.controlPlane());
    IdentityClient identity =
        IdentityClient.open(
            config.join().isPresent() ? options.with(config.join().get()) : options);
    try {
      Proxy proxy = start(config, identity);
      proxy.open.addLast(identity);
      return proxy;
    } catch (IOException | RuntimeException e) {
      identity.close();
      throw e;
    }
  }

  /**
   * Starts a proxy with an identity that somebody else keeps and closes.
   *
   * @throws IOException if an address cannot be bound or the data directory not be written
   */
  public static Proxy start(ProxyConfig config, IdentityClient identity) throws IOException {
    Proxy proxy = new Proxy(config, identity);
    try {
      proxy.begin();
      return proxy;
    } catch (IOException | RuntimeException e) {
      proxy.close();
      throw e;
    }
  }

  private void begin() throws IOException {
    drain.onDrain("connections", plane::drain);
    feed.begin(ads);
    ads.start();
    AdminPages pages = new AdminPages(this);
    ProxyConfig.Listen listen = config.listen();
    for (AdminServer.Builder builder :
        List.of(
            pages.admin(listen.admin()),
            pages.metrics(listen.metrics()),
            pages.readiness(listen.ready()))) {
      open.push(builder.start());
    }
    if (listen.dns().isPresent()) {
      String namespace = identity.enrolment().id().namespace().orElse("default");
      open.push(
          DnsListener.start(DnsOptions.usual(listen.dns().get(), namespace), this::localAddresses));
    }
    LOG.info(
        "Proxy started node={} identity={} address={}",
        config.node(),
        identity.enrolment().id(),
        config.address());
  }

  /** A service that is reached at an address of its own has that address as its name's answer. */
  private List<InetAddress> localAddresses(dev.hawser.api.naming.ServiceName service) {
    List<InetAddress> addresses = new ArrayList<>();
    for (ProxyConfig.ExplicitUpstream upstream : config.upstreams()) {
      InetSocketAddress at = upstream.listen();
      if (upstream.service().equals(service) && !addresses.contains(at.getAddress())) {
        addresses.add(at.getAddress());
      }
    }
    return addresses;
  }

  private void askForHost(String resource) {
    feed.askForHost(resource);
  }

  DataPlane plane() {
    return plane;
  }

  Metrics metrics() {
    return metrics;
  }

  Map<String, Map<String, Message>> raw() {
    return feed.raw();
  }

  /** Returns what begins the calm end; {@code begin} it, then {@link #close} the proxy. */
  public DrainTrigger drainTrigger() {
    return drain;
  }

  /** Whether the workload may be sent traffic. */
  public boolean isReady() {
    return notReady().isEmpty();
  }

  /** Returns why it is not ready, or nothing. */
  String notReady() {
    if (drain.isDraining()) {
      return "draining";
    }
    if (identity.svid().isEmpty()) {
      return "the certificate has ended";
    }
    return configured.isDone() ? "" : "no configuration yet";
  }

  /** Returns how it fares. */
  public Status status() {
    return new Status(
        config.node(),
        identity.status(),
        ads.status(),
        isReady(),
        drain.isDraining(),
        plane.connections());
  }

  /** Renews the certificate now. Connections that stand keep the one they were made with. */
  void renewSoon() {
    identity.renewSoon();
  }

  /** Returns the identity's keeper. */
  public Optional<IdentityClient> identity() {
    return Optional.of(identity);
  }

  /** Ends at once; begin the drain before to end calmly. */
  @Override
  public void close() {
    while (!open.isEmpty()) {
      AutoCloseable next = open.pop();
      try {
        next.close();
      } catch (Exception e) {
        LOG.warn("A part of the proxy did not close part={}", next.getClass().getSimpleName(), e);
      }
    }
  }
}
