package dev.hawser.proxy.boot;

import dev.hawser.api.naming.ServiceName;
import dev.hawser.engine.admin.AdminServer;
import dev.hawser.engine.drain.DrainTrigger;
import dev.hawser.engine.handover.HandoverSocket;
import dev.hawser.engine.handover.Inheritance;
import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.engine.xds.AdsClient;
import dev.hawser.engine.xds.AdsStatus;
import dev.hawser.engine.xds.ControlPlaneDialer;
import dev.hawser.engine.xds.HeldResource;
import dev.hawser.engine.xds.TypeUrls;
import dev.hawser.host.dns.DnsListener;
import dev.hawser.host.dns.DnsOptions;
import dev.hawser.host.dns.MeshNames;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.host.identity.IdentityException;
import dev.hawser.host.identity.IdentityOptions;
import dev.hawser.host.identity.IdentityStatus;
import dev.hawser.proxy.capture.MadeUpAddresses;
import dev.hawser.proxy.config.ProxyConfig;
import dev.hawser.proxy.config.RunOptions;
import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.outbound.CapturedDestinations;
import dev.hawser.proxy.telemetry.AccessLog;
import dev.hawser.proxy.worker.Asking;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sidecar that runs. Embeddable: it installs no shutdown hook and ends with {@link #close}.
 *
 * <p>Safe for use by any thread.
 */
public final class Proxy implements AutoCloseable {
  /** How long a successor waits for its first configuration before it gives up. */
  private static final Duration TAKE_OVER_PATIENCE = Duration.ofSeconds(30);

  private static final String HANDOVER = "handover.sock";

  private static final Logger LOG = LoggerFactory.getLogger(Proxy.class);

  private final ProxyConfig config;
  private final IdentityClient identity;
  private final Metrics metrics = new Metrics();
  private final DrainTrigger drain;
  private final List<AutoCloseable> fronts = new CopyOnWriteArrayList<>();
  private final List<Runnable> onHandover = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> handedOver = new CompletableFuture<>();
  private final DataPlane plane;
  private final XdsFeed feed;

  /** Null where nothing is captured. */
  private final @Nullable MadeUpAddresses addresses;

  private final AdsClient ads;
  private final CompletableFuture<Void> configured;
  private final long began = System.nanoTime();
  private volatile boolean healthCheckFails;
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

  private Proxy(ProxyConfig config, IdentityClient identity, RunOptions options)
      throws IOException {
    this.config = config;
    this.identity = identity;
    this.drain = new DrainTrigger(options.drainTime());
    HostIdentity source = new HostIdentity(identity);
    AccessLog log =
        switch (config.accessLog()) {
          case ProxyConfig.AccessLogTarget.Off _ -> AccessLog.off(metrics);
          case ProxyConfig.AccessLogTarget.File(String path) -> AccessLog.open(path, metrics);
        };
    this.plane =
        new DataPlane(
            source,
            new EventLoops.Options(options.workers(), true, "proxy"),
            metrics,
            log,
            Optional.of(config.dataDir().resolve("logs")),
            config.version(),
            HttpLimits.defaults(),
            new OnDemandOf(TypeUrls.VIRTUAL_HOST),
            new OnDemandOf(TypeUrls.LISTENER));
    open.push(plane);
    ControlPlaneDialer dialer =
        new ControlPlaneDialer(
            plane.tls(), source, identity.enrolment().cluster(), identity::controlPlane);
    open.push(dialer);
    if (config.capture().isPresent()) {
      addresses = MadeUpAddresses.open(config.dataDir().resolve("addresses"));
      open.push(addresses);
      plane.captured().madeUp(addresses::at);
    } else {
      addresses = null;
    }
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
  public static Proxy start(ProxyConfig config, RunOptions run)
      throws IOException, IdentityException, InterruptedException {
    IdentityOptions options =
        IdentityOptions.of(config.dataDir()).withControlPlane(config.controlPlane());
    IdentityClient identity =
        IdentityClient.open(
            config.join().isPresent() ? options.with(config.join().get()) : options);
    try {
      Proxy proxy = start(config, identity, run);
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
   * @throws IOException if an address cannot be bound or the data directory not be written; with
   *     {@link RunOptions#takeOver} also if there is nobody to take over from
   */
  public static Proxy start(ProxyConfig config, IdentityClient identity, RunOptions run)
      throws IOException, InterruptedException {
    Path handover = config.dataDir().resolve(HANDOVER);
    Optional<Inheritance> inheritance =
        run.takeOver() ? Optional.of(Inheritance.receive(handover)) : Optional.empty();
    try {
      Proxy proxy = new Proxy(config, identity, run);
      try {
        proxy.begin(inheritance);
        return proxy;
      } catch (IOException | RuntimeException | InterruptedException e) {
        proxy.close();
        throw e;
      }
    } finally {
      inheritance.ifPresent(Inheritance::close);
    }
  }

  private void begin(Optional<Inheritance> inheritance) throws IOException, InterruptedException {
    drain.onDrain("connections", plane::drain);
    if (inheritance.isPresent()) {
      plane.listeners().inherit(inheritance.get()::take);
    }
    feed.begin(ads);
    ads.start();
    if (inheritance.isPresent()) {
      takeOver(inheritance.get());
    }
    openFronts();
    awaitSuccessor();
    LOG.info(
        "Proxy started node={} identity={} address={} workers={}",
        config.node(),
        identity.enrolment().id(),
        config.address(),
        plane.concurrency());
  }

  /** A proxy that cannot be followed serves all the same. */
  private void awaitSuccessor() {
    if (plane.transport() != EventLoops.Transport.EPOLL) {
      return;
    }
    try {
      open.push(
          HandoverSocket.start(
              config.dataDir().resolve(HANDOVER),
              plane.nextLoop(),
              plane.listeners()::channels,
              this::handOver));
    } catch (IOException e) {
      LOG.warn("No successor will be able to take over reason={}", e.getMessage());
    }
  }

  /** What cannot be shared is let go by the predecessor once this one serves. */
  private void takeOver(Inheritance inheritance) throws IOException, InterruptedException {
    try {
      configured.get(TAKE_OVER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(
          "handover: no configuration within " + TAKE_OVER_PATIENCE + "; the predecessor stays", e);
    }
    inheritance.predecessorLeaves();
    plane.listeners().inherit(_ -> OptionalInt.empty());
  }

  /** A successor serves: makes room for it, and ends once what is under way has. */
  private void handOver() {
    for (Runnable task : onHandover) {
      task.run();
    }
    fronts.forEach(Proxy::closeQuietly);
    plane.listeners().stopAccepting();
    var _ = drain.begin("handover").whenComplete((_, _) -> handedOver.complete(null));
  }

  /** Has something run before a successor begins where both cannot be, e.g. at the same path. */
  public void onHandover(Runnable task) {
    onHandover.add(task);
  }

  /** Completes when a successor has taken over and nothing is under way any more. */
  public CompletableFuture<Void> handedOver() {
    return handedOver.copy();
  }

  private void openFronts() throws IOException {
    AdminPages pages = new AdminPages(this);
    ProxyConfig.Listen listen = config.listen();
    for (AdminServer.Builder builder :
        List.of(
            pages.admin(listen.admin()),
            pages.metrics(listen.metrics()),
            pages.readiness(listen.ready()))) {
      front(builder.start());
    }
    if (listen.dns().isPresent()) {
      String namespace = identity.enrolment().id().namespace().orElse("default");
      InetSocketAddress dns = listen.dns().get();
      front(DnsListener.start(DnsOptions.usual(dns, namespace), this::findService));
      if (NodeFacts.isCapturedOverIpv6(config) && dns.getAddress().isLoopbackAddress()) {
        InetSocketAddress too = new InetSocketAddress(InetAddress.ofLiteral("::1"), dns.getPort());
        front(DnsListener.start(DnsOptions.usual(too, namespace), this::findService));
      }
    }
  }

  private void front(AutoCloseable one) {
    fronts.add(one);
    open.push(one);
  }

  /** A name leads to what the operator said, else to the service's own address or a made-up one. */
  private void findService(ServiceName service, Consumer<MeshNames.Place> then) {
    List<InetAddress> local = localAddresses(service);
    MadeUpAddresses book = addresses;
    if (!local.isEmpty() || book == null) {
      then.accept(new MeshNames.Place(local, Map.of()));
      return;
    }
    plane
        .captured()
        .find(
            service,
            found ->
                then.accept(
                    found.map(at -> place(book, service, at)).orElse(MeshNames.Place.UNKNOWN)));
  }

  private static MeshNames.Place place(
      MadeUpAddresses book, ServiceName service, ListenerConfig listener) {
    List<InetAddress> own = CapturedDestinations.addresses(listener);
    return new MeshNames.Place(
        own.isEmpty() ? book.of(service).stream().toList() : own, listener.reach().ports());
  }

  /** A service that is reached at an address of its own has that address as its name's answer. */
  private List<InetAddress> localAddresses(ServiceName service) {
    List<InetAddress> addresses = new ArrayList<>();
    for (ProxyConfig.ExplicitUpstream upstream : config.upstreams()) {
      InetSocketAddress at = upstream.listen();
      if (upstream.service().equals(service) && !addresses.contains(at.getAddress())) {
        addresses.add(at.getAddress());
      }
    }
    return addresses;
  }

  private final class OnDemandOf implements Asking {
    private final String typeUrl;

    OnDemandOf(String typeUrl) {
      this.typeUrl = typeUrl;
    }

    @Override
    public void ask(String resource) {
      feed.ask(typeUrl, resource);
    }

    @Override
    public void forget(String resource) {
      feed.forget(typeUrl, resource);
    }
  }

  DataPlane plane() {
    return plane;
  }

  Metrics metrics() {
    return metrics;
  }

  Map<String, Map<String, HeldResource>> held() {
    return ads.held();
  }

  IdentityClient identityClient() {
    return identity;
  }

  Duration uptime() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** Whether somebody has told it to end, or to seem so. */
  boolean isLeaving() {
    return drain.isDraining() || healthCheckFails;
  }

  void failHealthCheck(boolean fail) {
    healthCheckFails = fail;
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
    if (healthCheckFails) {
      return "POST /healthcheck/fail";
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
      closeQuietly(open.pop());
    }
  }

  private static void closeQuietly(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      LOG.warn("A part of the proxy did not close part={}", part.getClass().getSimpleName(), e);
    }
  }
}
