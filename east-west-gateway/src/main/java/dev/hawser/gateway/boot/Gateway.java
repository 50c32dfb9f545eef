package dev.hawser.gateway.boot;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.engine.drain.CalmEnd;
import dev.hawser.engine.drain.DrainTrigger;
import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.loop.ListenOptions;
import dev.hawser.engine.loop.Listener;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.engine.tls.MeshTls;
import dev.hawser.engine.xds.AdsClient;
import dev.hawser.engine.xds.ControlPlaneDialer;
import dev.hawser.engine.xds.HdsClient;
import dev.hawser.engine.xds.TrustBundlesCodec;
import dev.hawser.engine.xds.TypeUrls;
import dev.hawser.gateway.config.GatewayConfig;
import dev.hawser.gateway.probe.OwnName;
import dev.hawser.gateway.probe.Prober;
import dev.hawser.gateway.route.RouteSource;
import dev.hawser.gateway.route.RouteTable;
import dev.hawser.gateway.splice.Connections;
import dev.hawser.host.identity.Attestation;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.host.identity.IdentityException;
import dev.hawser.host.identity.IdentityOptions;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gateway that runs: enrols or loads its identity, follows its control plane, and splices. */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private static final long ENDPOINTS_MILLIS = 1000;

  private final GatewayConfig config;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final DrainTrigger drain;
  private final Connections connections;
  private final EventLoops loops;
  private volatile @Nullable Listener listener;
  private final AtomicBoolean listenersDrained = new AtomicBoolean();

  private Gateway(GatewayConfig config, IdentityClient identity) throws IOException {
    this.config = config;
    open.push(identity);
    ClusterName cluster = identity.enrolment().cluster();
    HostIdentity source = new HostIdentity(identity);
    Metrics metrics = new Metrics();
    drain = new DrainTrigger(config.drain());
    loops = EventLoops.start(new EventLoops.Options(config.workers(), true, "gateway"));
    open.push(loops);
    MeshTls tls = MeshTls.start(source, MeshTls.Options.defaults());
    open.push(tls);
    OwnName ownName = new OwnName(tls, drain);
    open.push(ownName);
    connections =
        new Connections(
            loops,
            config.limits(),
            ownName,
            metrics,
            RouteTable.empty(cluster),
            config.proxyProtocolFrom());
    open.push(connections);
    ControlPlaneDialer dialer =
        new ControlPlaneDialer(tls, source, cluster, identity::controlPlane);
    open.push(dialer);
    AdsClient ads = configuration(identity, cluster, dialer);
    open.push(ads);
    Prober prober = new Prober(loops, tls);
    open.push(prober);
    HdsClient health = new HdsClient(node(identity), dialer, prober);
    open.push(health);
    drain.onDrain("connections", this::end);
    AdminPages pages = new AdminPages(this, connections, ads, drain, metrics, identity, config);
    open.push(pages.admin(config.admin()).start());
    if (config.metrics().isPresent()) {
      open.push(pages.metrics(config.metrics().get()).start());
    }
    if (config.ready().isPresent()) {
      open.push(pages.readiness(config.ready().get()).start());
    }
    health.start();
    listenOnceConfigured(ads);
  }

  /**
   * Starts a gateway: with the identity of its data directory, else it enrols and waits until it
   * may.
   *
   * @throws IdentityException if the enrolment is refused
   * @throws IOException if an address cannot be bound or the data directory not be written
   */
  public static Gateway start(GatewayConfig config)
      throws IOException, IdentityException, InterruptedException {
    IdentityOptions options = IdentityOptions.of(config.dataDir());
    IdentityOptions whole =
        switch (config.join()) {
          case GatewayConfig.Join.Before _ -> options;
          case GatewayConfig.Join.Token(var file) -> options.with(new Attestation.TokenFile(file));
          case GatewayConfig.Join.Kubernetes kubernetes ->
              options.with(
                  new Attestation.KubernetesToken(
                      kubernetes.tokenFile(),
                      kubernetes.rootsFile(),
                      new ClusterName(kubernetes.cluster(), kubernetes.meshDomain()),
                      kubernetes.controlPlane()));
        };
    return new Gateway(config, IdentityClient.open(whole));
  }

  private AdsClient configuration(
      IdentityClient identity, ClusterName cluster, ControlPlaneDialer dialer) throws IOException {
    // The source learns what to subscribe to before the client that subscribes exists.
    CompletableFuture<AdsClient> client = new CompletableFuture<>();
    RouteSource routes =
        new RouteSource(
            cluster,
            connections::use,
            names -> client.join().replaceSubscriptions(TypeUrls.ENDPOINT, names));
    AdsClient ads =
        AdsClient.builder(node(identity), dialer, config.dataDir().resolve("xds"))
            .register(routes.clusters())
            .register(routes.assignments())
            .register(new BundleFeed(identity))
            .build();
    client.complete(ads);
    ads.subscribeWildcard(TypeUrls.CLUSTER);
    ads.subscribe(TypeUrls.SECRET, TrustBundlesCodec.NAME);
    ads.start();
    return ads;
  }

  private Node node(IdentityClient identity) {
    InetSocketAddress listen = config.listen();
    Struct hawser =
        Struct.newBuilder()
            .putFields("kind", text("gateway"))
            .putFields("address", text(listen.getAddress().getHostAddress()))
            .putFields("inboundPort", Value.newBuilder().setNumberValue(listen.getPort()).build())
            .putFields("network", text(identity.enrolment().network()))
            .putFields("advertise", text(config.advertise()))
            .build();
    return Node.newBuilder()
        .setId(config.node())
        .setCluster("gateway")
        .setUserAgentName("hawser")
        .setMetadata(
            Struct.newBuilder()
                .putFields("hawser", Value.newBuilder().setStructValue(hawser).build()))
        .build();
  }

  private static Value text(String value) {
    return Value.newBuilder().setStringValue(value).build();
  }

  /** A gateway without a table would close everybody's connections: it listens once it has one. */
  private void listenOnceConfigured(AdsClient ads) {
    // The endpoints follow the clusters at once; a cluster that exports nothing has none to wait
    // for.
    CompletionStage<Void> configured =
        ads.served(TypeUrls.CLUSTER)
            .thenCompose(_ ->
                ads.served(TypeUrls.ENDPOINT)
                    .completeOnTimeout(null, ENDPOINTS_MILLIS, TimeUnit.MILLISECONDS));
    configured
        .thenRunAsync(this::listen)
        .exceptionally(e -> {
          LOG.error("The gateway cannot listen address={}", config.listen(), e);
          return null;
        });
  }

  private synchronized void listen() {
    if (drain.isDraining() || listenersDrained.get()) {
      return;
    }
    try {
      ListenOptions options = ListenOptions.defaults().withHalfClosure(true);
      listener = loops.listen(config.listen(), options, connections);
      LOG.info(
          "Gateway listens node={} address={} advertise={}",
          config.node(),
          config.listen(),
          config.advertise());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** What was connected before anybody could know of the end is still served. */
  private CompletionStage<?> end(Duration deadline) {
    long last = System.nanoTime() + deadline.toNanos();
    return CalmEnd.begin(connections.open() == 0, this::lastCall, this::stopAccepting)
        .thenCompose(_ -> connections.drain(Duration.ofNanos(last - System.nanoTime())));
  }

  /**
   * Ends its connections calmly and takes no more; the process goes on. What has not ended by the
   * deadline of a drain is cut.
   */
  void drainListeners() {
    if (!listenersDrained.getAndSet(true)) {
      var _ = end(config.drain());
    }
  }

  boolean areListenersDrained() {
    return listenersDrained.get();
  }

  private synchronized void lastCall() {
    Listener accepting = listener;
    if (accepting != null) {
      accepting.lastCall();
    }
  }

  private synchronized void stopAccepting() {
    Listener accepting = listener;
    if (accepting != null) {
      accepting.stopAccepting();
    }
  }

  /** Whether connections of other networks are taken. */
  boolean isListening() {
    return listener != null && !drain.isDraining() && !listenersDrained.get();
  }

  /** Returns where it listens, or will. */
  public InetSocketAddress address() {
    Listener accepting = listener;
    return accepting == null ? config.listen() : accepting.address();
  }

  /** Returns what begins the calm end; {@code begin} it, then {@link #close} the gateway. */
  public DrainTrigger drainTrigger() {
    return drain;
  }

  @Override
  public void close() {
    stopAccepting();
    for (AutoCloseable part : List.copyOf(open)) {
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("Closing failed part={}", part.getClass().getSimpleName(), e);
      }
    }
  }
}
