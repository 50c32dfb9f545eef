package dev.hawser.proxy.upstream;

import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.http.ClientConnection;
import dev.hawser.proxy.http.Http1ClientConnection;
import dev.hawser.proxy.http.Http2ClientConnection;
import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.http.Pings;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.HealthCheck.Kind;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.Worker;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** One active check, on a connection of its own. Lives on one event loop. */
final class CheckCall implements Dialer.Outcome, ClientConnection.Observer {
  private final Dialer dialer;
  private final Worker worker;
  private final HttpLimits limits;
  private final Upstream upstream;
  private final UpstreamConfig config;
  private final Endpoint endpoint;
  private final CheckWatch watch;
  private final Timer patience = new Timer(this::onTimeout);
  private @Nullable Channel channel;
  private boolean over;

  CheckCall(
      Dialer dialer,
      Worker worker,
      HttpLimits limits,
      Upstream upstream,
      UpstreamConfig config,
      Endpoint endpoint,
      CheckWatch watch) {
    this.dialer = dialer;
    this.worker = worker;
    this.limits = limits;
    this.upstream = upstream;
    this.config = config;
    this.endpoint = endpoint;
    this.watch = watch;
  }

  void begin() {
    worker.timers().arm(patience, watch.check().timeout().toNanos());
    boolean raw = watch.check().kind() instanceof Kind.Tcp;
    Dialer.Target usual = upstream.target(endpoint, config, raw);
    dialer.dial(
        worker,
        new Dialer.Target(
            address(usual.address()),
            usual.tls(),
            usual.serverName(),
            usual.alpn(),
            watch.check().timeout(),
            raw,
            usual.rules()),
        this);
  }

  private Address address(Address usual) {
    int port = endpoint.config().traits().check().port();
    return port == 0 ? usual : new Address(usual.host(), port);
  }

  @Override
  public void connected(Channel made) {
    channel = made;
    if (over) {
      var _ = made.close();
      return;
    }
    switch (watch.check().kind()) {
      case Kind.Tcp tcp -> made.pipeline().addLast("check", new CheckBytes(tcp, this));
      case Kind.Http http -> new CheckStream(this).http(connection(made, http.http2()), http);
      case Kind.Grpc grpc -> new CheckStream(this).grpc(connection(made, true), grpc);
    }
  }

  /** On a connection of the mesh its protocol has been agreed on already. */
  private ClientConnection connection(Channel made, boolean http2) {
    boolean agreed = config.security() instanceof UpstreamConfig.Security.MutualTls;
    boolean second = agreed ? config.protocol() == UpstreamConfig.Protocol.HTTP2 : http2;
    if (second) {
      Http2ClientConnection connection =
          Http2ClientConnection.create(
              worker, limits, Pings.everySecond(), this, endpoint.address()::heard);
      made.pipeline().addLast("http", connection);
      return connection;
    }
    Http1ClientConnection connection = new Http1ClientConnection(worker, limits, this);
    made.pipeline().addLast("http", connection);
    return connection;
  }

  /** Returns what is sent as authority. */
  String authority(String own) {
    EndpointConfig at = endpoint.config();
    if (!at.traits().check().host().isEmpty()) {
      return at.traits().check().host();
    }
    if (!own.isEmpty()) {
      return own;
    }
    return at.serverName().isEmpty() ? upstream.name() : at.serverName();
  }

  boolean isSecure() {
    return config.security() instanceof UpstreamConfig.Security.MutualTls;
  }

  @Override
  public void failed(StreamFailure failure) {
    end(CheckWatch.Result.SILENT, failure.detail());
  }

  private void onTimeout() {
    end(CheckWatch.Result.SILENT, "no answer in " + watch.check().timeout());
  }

  /** The check is over; only the first call counts. */
  void end(CheckWatch.Result result, String reason) {
    if (over) {
      return;
    }
    over = true;
    worker.timers().cancel(patience);
    UpstreamStats stats = upstream.stats();
    stats.count(
        result == CheckWatch.Result.PASSED
            ? UpstreamStat.CHECK_SUCCESS
            : UpstreamStat.CHECK_FAILURE);
    if (result == CheckWatch.Result.SILENT) {
      stats.count(UpstreamStat.CHECK_NETWORK_FAILURE);
    }
    boolean traffic = stats.value(UpstreamStat.RQ_TOTAL) > 0;
    watch.end(endpoint, result, "check: " + reason, traffic, System.nanoTime());
    if (channel != null) {
      // At once: a stream that has had no answer is not waited for.
      channel.unsafe().close(channel.voidPromise());
    }
  }

  @Override
  public void onSpare(ClientConnection connection) {
    // A check sends one request.
  }

  @Override
  public void onRetired(ClientConnection connection) {
    // It is about to close.
  }

  @Override
  public void onClosed(ClientConnection connection, StreamFailure cause) {
    end(CheckWatch.Result.SILENT, cause.detail());
  }
}
