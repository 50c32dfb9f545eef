package dev.hawser.proxy.upstream;

import dev.hawser.engine.tls.OutgoingTls;
import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.balance.Rotation;
import dev.hawser.proxy.http.ClientConnection;
import dev.hawser.proxy.http.Http1ClientConnection;
import dev.hawser.proxy.http.Http2ClientConnection;
import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.worker.Worker;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One worker's side of an upstream. Only the worker's loop may call. */
public final class WorkerUpstream {
  /** An application that closes idle connections after five seconds must not win the race. */
  private static final Duration APPLICATION_IDLE = Duration.ofSeconds(4);

  /** What a worker may retry of its requests in ten seconds where no policy sets a budget. */
  private static final int RETRY_PERCENT = 20;

  private static final int RETRY_FLOOR = 100;

  private final Upstream upstream;
  private final Worker worker;
  private final Dialer dialer;
  private final HttpLimits limits;
  private final Rotation rotation;
  private final RetryBudget budget;
  private final Map<EndpointConfig.Key, ConnectionPool> pools = new HashMap<>();
  private List<Runnable> waiting = new ArrayList<>();

  WorkerUpstream(Upstream upstream, Worker worker, Dialer dialer, HttpLimits limits) {
    this.upstream = upstream;
    this.worker = worker;
    this.dialer = dialer;
    this.limits = limits;
    this.rotation = new Rotation(worker.random());
    this.budget = new RetryBudget(RETRY_PERCENT, RETRY_FLOOR);
  }

  public Upstream upstream() {
    return upstream;
  }

  public Rotation rotation() {
    return rotation;
  }

  /**
   * A request begins.
   *
   * @return false if there are too many
   */
  public boolean begin() {
    if (!upstream.breakers().enterRequest()) {
      upstream.stats().count(UpstreamStat.RQ_OVERFLOW);
      return false;
    }
    budget.request(System.nanoTime());
    return true;
  }

  /** A request is over. */
  public void end() {
    upstream.breakers().leaveRequest();
  }

  /** Returns whether a retry may be made, and counts it; each that was is given back at its end. */
  public boolean takeRetry() {
    Breakers breakers = upstream.breakers();
    if (!breakers.enterRetry()) {
      return false;
    }
    if (breakers.limits().budget().isPresent() || budget.take(System.nanoTime())) {
      return true;
    }
    breakers.leaveRetry();
    return false;
  }

  /** A retry is over. */
  public void giveBackRetry() {
    upstream.breakers().leaveRetry();
  }

  /** Has something run when the upstream has become known, has changed, or is gone. */
  public void whenChanged(Runnable task) {
    waiting.add(task);
  }

  /** Takes back a wish to be told. */
  public void noLonger(Runnable task) {
    waiting.remove(task);
  }

  /** Runs what waited. */
  void changed() {
    List<Runnable> tasks = waiting;
    waiting = new ArrayList<>();
    tasks.forEach(Runnable::run);
  }

  /** Gives the waiter a connection to the endpoint, now or later. */
  public void acquire(Endpoint endpoint, ConnectionPool.Waiter waiter) {
    UpstreamConfig config = upstream.config();
    if (config == null) {
      waiter.failed(new StreamFailure(StreamFailure.Kind.CONNECT, "upstream is gone"));
      return;
    }
    ConnectionPool pool = pools.get(endpoint.config().key());
    if (pool == null) {
      if (!makeRoomForPool()) {
        upstream.stats().count(UpstreamStat.CX_POOL_OVERFLOW);
        waiter.failed(
            new StreamFailure(StreamFailure.Kind.OVERFLOW, "too many pools of connections"));
        return;
      }
      pool = pool(endpoint, config);
      pools.put(endpoint.config().key(), pool);
    }
    pool.acquire(waiter);
  }

  private boolean makeRoomForPool() {
    if (upstream.breakers().enterPool()) {
      return true;
    }
    pools
        .values()
        .removeIf(pool -> {
          boolean unused = pool.isUnused();
          if (unused) {
            upstream.breakers().leavePool();
          }
          return unused;
        });
    return upstream.breakers().enterPool();
  }

  /** Takes back a wish. */
  public void cancel(Endpoint endpoint, ConnectionPool.Waiter waiter) {
    ConnectionPool pool = pools.get(endpoint.config().key());
    if (pool != null) {
      pool.cancel(waiter);
    }
  }

  /** Opens a connection for raw bytes, outside the pools. */
  public void dialRaw(Endpoint endpoint, Dialer.Outcome outcome) {
    UpstreamConfig config = upstream.config();
    if (config == null) {
      outcome.failed(new StreamFailure(StreamFailure.Kind.CONNECT, "upstream is gone"));
      return;
    }
    Breakers breakers = upstream.breakers();
    if (!breakers.enterConnection(false)) {
      upstream.stats().count(UpstreamStat.CX_OVERFLOW);
      outcome.failed(
          new StreamFailure(
              StreamFailure.Kind.OVERFLOW,
              "more than " + breakers.limits().maxConnections() + " connections stand"));
      return;
    }
    Dialer.Outcome counting =
        new Dialer.Outcome() {
          @Override
          public void connected(Channel channel) {
            upstream.stats().count(UpstreamStat.CX_TOTAL);
            channel.closeFuture().addListener(_ -> breakers.leaveConnection());
            outcome.connected(channel);
          }

          @Override
          public void failed(StreamFailure failure) {
            breakers.leaveConnection();
            outcome.failed(failure);
          }
        };
    dialer.dial(worker, upstream.target(endpoint, config, true), reporting(endpoint, counting));
  }

  private ConnectionPool pool(Endpoint endpoint, UpstreamConfig config) {
    boolean http2 = config.protocol() == UpstreamConfig.Protocol.HTTP2;
    return new ConnectionPool(
        pool -> open(endpoint, pool),
        http2 ? limits.concurrentStreams() : 1,
        config.connections(),
        upstream.breakers(),
        upstream.stats(),
        worker.timers());
  }

  private void open(Endpoint endpoint, ConnectionPool pool) {
    UpstreamConfig config = upstream.config();
    if (config == null) {
      pool.failed(new StreamFailure(StreamFailure.Kind.CONNECT, "upstream is gone"));
      return;
    }
    Dialer.Outcome outcome =
        new Dialer.Outcome() {
          @Override
          public void connected(Channel channel) {
            upstream.stats().count(UpstreamStat.CX_TOTAL);
            pool.opened(connection(channel, endpoint, config, pool));
          }

          @Override
          public void failed(StreamFailure failure) {
            pool.failed(failure);
          }
        };
    dialer.dial(worker, upstream.target(endpoint, config, false), reporting(endpoint, outcome));
  }

  /** What cannot be reached is known to all workers before the first who waits hears of it. */
  private Dialer.Outcome reporting(Endpoint endpoint, Dialer.Outcome outcome) {
    return new Dialer.Outcome() {
      @Override
      public void connected(Channel channel) {
        endpoint.address().heard(System.nanoTime());
        outcome.connected(channel);
      }

      @Override
      public void failed(StreamFailure failure) {
        upstream.stats().count(UpstreamStat.CX_CONNECT_FAIL);
        upstream.noteFailure(endpoint, failure);
        outcome.failed(failure);
      }
    };
  }

  private ClientConnection connection(
      Channel channel, Endpoint endpoint, UpstreamConfig config, ConnectionPool pool) {
    OutgoingTls tls = upstream.tls();
    Duration usual = tls == null ? APPLICATION_IDLE : limits.idleTimeout();
    HttpLimits own = limits.withTimeouts(limits.headTimeout(), config.idleTimeout().orElse(usual));
    if (config.protocol() == UpstreamConfig.Protocol.HTTP2) {
      int window = config.connections().window();
      Http2ClientConnection connection =
          Http2ClientConnection.create(
              worker,
              window == 0 ? own : own.withConnectionWindow(window),
              config.pings(),
              pool,
              endpoint.address()::heard);
      channel.pipeline().addLast("http", connection);
      return connection;
    }
    Http1ClientConnection connection = new Http1ClientConnection(worker, own, pool);
    channel.pipeline().addLast("http", connection);
    return connection;
  }

  /** Takes note of another configuration. */
  void reconfigured(boolean connectionsToo) {
    if (connectionsToo) {
      retireAll();
    }
  }

  /** Ends the connections to endpoints that are gone, calmly. */
  void keepOnly(Set<EndpointConfig.Key> keys) {
    pools
        .entrySet()
        .removeIf(entry -> {
          boolean gone = !keys.contains(entry.getKey());
          if (gone) {
            entry.getValue().retire();
            upstream.breakers().leavePool();
          }
          return gone;
        });
  }

  void retireAll() {
    pools
        .values()
        .forEach(pool -> {
          pool.retire();
          upstream.breakers().leavePool();
        });
    pools.clear();
  }

  /** Returns how many connections stand. */
  int connections() {
    int sum = 0;
    for (ConnectionPool pool : pools.values()) {
      sum += pool.connections();
    }
    return sum;
  }
}
