package dev.hawser.proxy.boot;

import dev.hawser.engine.drain.CalmEnd;
import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.engine.tls.IdentitySource;
import dev.hawser.engine.tls.MeshTls;
import dev.hawser.proxy.access.AccessGate;
import dev.hawser.proxy.authz.ConnectionAuthorizer;
import dev.hawser.proxy.context.Connections;
import dev.hawser.proxy.context.ProxyContext;
import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.listener.ListenerSet;
import dev.hawser.proxy.observe.Observers;
import dev.hawser.proxy.outbound.CapturedDestinations;
import dev.hawser.proxy.routing.RouteBook;
import dev.hawser.proxy.telemetry.AccessLog;
import dev.hawser.proxy.telemetry.Telemetry;
import dev.hawser.proxy.trace.SpanSender;
import dev.hawser.proxy.upstream.Upstreams;
import dev.hawser.proxy.worker.Asking;
import dev.hawser.proxy.worker.Workers;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.svid.Svid;
import io.netty.channel.EventLoop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything between the sockets, without what configures it. Changes are made by one thread that
 * is not an event loop.
 */
public final class DataPlane implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 20_000;

  private final EventLoops loops;
  private final MeshTls tls;
  private final Upstreams upstreams;
  private final RouteBook routes;

  /**
   * How long what is under way may still take when the plane is closed without a drain before it.
   */
  private static final Duration LAST_MOMENT = Duration.ofMillis(500);

  private final Connections connections;
  private final ListenerSet listeners;
  private final CapturedDestinations captured;
  private final IdentitySource identity;
  private final IdentitySource.Registration renewals;
  private volatile @Nullable Svid shown;
  private final AccessLog accessLog;
  private final SpanSender spans;
  private final Observers observers;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Starts a plane whose listeners may log to streams alone; the parameters are the same. */
  public DataPlane(
      IdentitySource identity,
      EventLoops.Options threads,
      Metrics metrics,
      AccessLog accessLog,
      HttpLimits limits,
      Asking hosts,
      Asking destinations) {
    this(
        identity,
        threads,
        metrics,
        accessLog,
        Optional.empty(),
        Optional.empty(),
        limits,
        hosts,
        destinations);
  }

  /**
   * Starts the threads and warms them up; nothing listens yet.
   *
   * @param logs the folder of the files to which listeners may log
   * @param version of the workload, in metrics
   * @param hosts asks the control plane for virtual hosts on demand
   * @param destinations asks it for listeners where captured connections were going
   */
  public DataPlane(
      IdentitySource identity,
      EventLoops.Options threads,
      Metrics metrics,
      AccessLog accessLog,
      Optional<Path> logs,
      Optional<String> version,
      HttpLimits limits,
      Asking hosts,
      Asking destinations) {
    this.accessLog = accessLog;
    this.identity = identity;
    this.loops = EventLoops.start(threads);
    this.tls = MeshTls.start(identity, MeshTls.Options.defaults());
    Workers workers = new Workers(loops);
    new Warmup(loops, workers, tls).run();
    this.upstreams = new Upstreams(loops, workers.all(), tls, metrics, limits);
    Supplier<Optional<SpiffeId>> self = () -> identity.svid().map(Svid::id);
    AccessGate gate = new AccessGate(metrics);
    Filters filters = new Filters(new FilterList(gate, workers, upstreams, self, metrics));
    this.spans = new SpanSender(workers, upstreams, metrics);
    this.observers = new Observers(logs, spans, metrics);
    this.routes = new RouteBook(workers, filters, hosts);
    this.connections = new Connections(workers, MAX_CONNECTIONS);
    ProxyContext context =
        new ProxyContext(
            loops,
            workers,
            upstreams,
            routes,
            filters,
            observers,
            gate,
            new ConnectionAuthorizer(upstreams, self, metrics),
            connections,
            new Telemetry(metrics, accessLog, version),
            limits,
            Optional.of(tls),
            self);
    this.captured = new CapturedDestinations(workers, filters, observers, destinations);
    this.listeners = new ListenerSet(context, metrics, captured);
    metrics.gauge("hawser_downstream_connections", "Connections that are open", connections::count);
    this.shown = identity.svid().orElse(null);
    this.renewals = identity.onChange(this::identityChanged);
  }

  /**
   * When the own certificate has been renewed, what stands under the one before makes way for
   * connections under the new one while it is still good: if its issuer is revoked later, no answer
   * is cut off.
   */
  @SuppressWarnings(
      "ReferenceEquality") // an identity source returns the same value until it changes
  private void identityChanged() {
    Svid present = identity.svid().orElse(null);
    if (present != null && present != shown) {
      boolean first = shown == null;
      shown = present;
      if (!first) {
        upstreams.renew();
        connections.renew();
      }
    }
  }

  public MeshTls tls() {
    return tls;
  }

  public Upstreams upstreams() {
    return upstreams;
  }

  public RouteBook routes() {
    return routes;
  }

  public ListenerSet listeners() {
    return listeners;
  }

  /** Returns who is where captured connections were going. */
  public CapturedDestinations captured() {
    return captured;
  }

  /** Returns how many event loops work. */
  public int concurrency() {
    return loops.workers().size();
  }

  /** Returns what moves the bytes. */
  EventLoops.Transport transport() {
    return loops.transport();
  }

  EventLoop nextLoop() {
    return loops.next();
  }

  /**
   * Takes no more connections at the listeners and ends those that stand calmly, without a deadline
   * and without the process coming to its end.
   *
   * @param inboundOnly whether the own workload may go on calling others
   */
  public void drainListeners(boolean inboundOnly) {
    listeners.stopAccepting(inboundOnly);
    if (inboundOnly) {
      connections.leaveInbound();
    } else {
      connections.tellToLeave();
    }
  }

  /** Returns how many connections are open. */
  public int connections() {
    return connections.count();
  }

  /** Routes or rules have changed: requests and connections under way are judged again. */
  public void reconsider() {
    connections.reconsider();
  }

  /**
   * Tells the peers to go elsewhere and lets what has begun end. For a second those who have not
   * heard of it are still taken; each gets its answer and is told.
   *
   * @param deadline after which what is left is cut
   */
  public CompletableFuture<Void> drain(Duration deadline) {
    long end = System.nanoTime() + deadline.toNanos();
    connections.tellToLeave();
    return CalmEnd.begin(
            connections.count() == 0, listeners::lastCall, () -> listeners.stopAccepting())
        .thenCompose(_ -> connections.drain(Duration.ofNanos(end - System.nanoTime())));
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    renewals.close();
    listeners.stopAccepting();
    // What is still under way must find its routes until it has ended.
    connections
        .drain(LAST_MOMENT)
        .completeOnTimeout(null, 2 * LAST_MOMENT.toMillis(), TimeUnit.MILLISECONDS)
        .join();
    listeners.close();
    spans.close();
    upstreams.close();
    loops.close();
    tls.close();
    observers.close();
    accessLog.close();
  }
}
