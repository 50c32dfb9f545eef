package dev.hawser.proxy.upstream;

import dev.hawser.proxy.balance.Balancer;
import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.http.ClientConnection;
import dev.hawser.proxy.http.Http2ClientConnection;
import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.http.Pings;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.Worker;
import io.netty.channel.Channel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether endpoints that get no traffic would work: a TLS handshake and, for HTTP/2, a
 * ping, once a second. A TCP connection alone proves nothing, since the kernel of a frozen process
 * still takes it.
 */
final class Prober {
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** At most so many at once: a large upstream that is down must not occupy the proxy. */
  private static final int MAX_AT_ONCE = 64;

  private record ProbeKey(String upstream, EndpointConfig.Key endpoint) {}

  private final Dialer dialer;
  private final List<Worker> workers;
  private final HttpLimits limits;
  private final Map<ProbeKey, Long> lastBegun = new ConcurrentHashMap<>();
  private final Map<ProbeKey, Boolean> running = new ConcurrentHashMap<>();

  Prober(Dialer dialer, List<Worker> workers, HttpLimits limits) {
    this.dialer = dialer;
    this.workers = workers;
    this.limits = limits;
  }

  /** Begins the probes that are due. Called by one thread. */
  void probe(Upstream upstream, Balancer balancer) {
    UpstreamConfig config = upstream.config();
    if (config == null
        || !(config.security() instanceof UpstreamConfig.Security.MutualTls)
        || upstream.tls() == null) {
      return;
    }
    long now = System.nanoTime();
    for (Endpoint endpoint : balancer.wantingProbe()) {
      ProbeKey key = new ProbeKey(upstream.name(), endpoint.config().key());
      Long last = lastBegun.get(key);
      boolean due = last == null || now - last >= INTERVAL_NANOS;
      if (due && running.size() < MAX_AT_ONCE && running.putIfAbsent(key, true) == null) {
        lastBegun.put(key, now);
        Worker worker = workers.get(Math.floorMod(key.hashCode(), workers.size()));
        worker.loop().execute(() -> new Probe(worker, upstream, config, endpoint, key).begin());
      }
    }
    lastBegun.values().removeIf(begun -> now - begun > 60 * INTERVAL_NANOS);
  }

  /** One probe. */
  private final class Probe implements Dialer.Outcome, ClientConnection.Observer {
    private final Worker worker;
    private final Upstream upstream;
    private final UpstreamConfig config;
    private final Endpoint endpoint;
    private final ProbeKey key;
    private final Timer patience = new Timer(this::onTimeout);
    private @Nullable Http2ClientConnection connection;
    private boolean over;

    Probe(
        Worker worker, Upstream upstream, UpstreamConfig config, Endpoint endpoint, ProbeKey key) {
      this.worker = worker;
      this.upstream = upstream;
      this.config = config;
      this.endpoint = endpoint;
      this.key = key;
    }

    void begin() {
      dialer.dial(worker, upstream.target(endpoint, config, false), this);
    }

    @Override
    public void connected(Channel channel) {
      if (config.protocol() != UpstreamConfig.Protocol.HTTP2) {
        var _ = channel.close();
        succeed();
        return;
      }
      Http2ClientConnection made =
          Http2ClientConnection.create(
              worker, limits, Pings.everySecond(), this, endpoint.address()::heard);
      connection = made;
      channel.pipeline().addLast("http", made);
      worker.timers().arm(patience, config.connectTimeout().toNanos());
      made.probe(() -> {
        succeed();
        made.retire();
      });
    }

    @Override
    public void failed(StreamFailure failure) {
      fail(failure.detail());
    }

    private void onTimeout() {
      String reason = "no answer to a ping in " + config.connectTimeout();
      fail(reason);
      if (connection != null) {
        connection.breakOff(new StreamFailure(StreamFailure.Kind.PING_TIMEOUT, reason));
      }
    }

    private void succeed() {
      if (end()) {
        endpoint.probeSucceeded(System.nanoTime());
      }
    }

    private void fail(String reason) {
      if (end()) {
        endpoint.probeFailed(reason, System.nanoTime());
      }
    }

    private boolean end() {
      if (over) {
        return false;
      }
      over = true;
      worker.timers().cancel(patience);
      running.remove(key);
      return true;
    }

    @Override
    public void onSpare(ClientConnection connection) {
      // A probe sends no requests.
    }

    @Override
    public void onRetired(ClientConnection connection) {
      // It is about to close.
    }

    @Override
    public void onClosed(ClientConnection connection, StreamFailure cause) {
      fail(cause.detail());
    }
  }
}
