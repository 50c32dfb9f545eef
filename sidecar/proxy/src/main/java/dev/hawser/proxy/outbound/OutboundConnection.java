package dev.hawser.proxy.outbound;

import dev.hawser.proxy.context.CalmEnd;
import dev.hawser.proxy.context.Live;
import dev.hawser.proxy.context.ProxyContext;
import dev.hawser.proxy.exchange.Exchange;
import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.http.Http1ServerConnection;
import dev.hawser.proxy.http.Http2ServerConnection;
import dev.hawser.proxy.http.HttpEdge;
import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.http.HttpStream;
import dev.hawser.proxy.http.ProtocolDetector;
import dev.hawser.proxy.http.RequestAcceptor;
import dev.hawser.proxy.http.ServerConnection;
import dev.hawser.proxy.http.StreamListener;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.observe.Ended;
import dev.hawser.proxy.observe.Observer;
import dev.hawser.proxy.routing.HttpPlan;
import dev.hawser.proxy.tcp.ByteHold;
import dev.hawser.proxy.tcp.TcpCall;
import dev.hawser.proxy.worker.Worker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A connection of the own workload. Lives on one event loop. */
final class OutboundConnection {
  /** Streams of one connection of the own workload: it may want more than a peer may. */
  private static final int LOCAL_STREAMS = 1000;

  private final ProxyContext context;
  private final Channel channel;
  private final Worker worker;
  private final Supplier<@Nullable OutboundChain> chain;

  /**
   * Makes one that has not begun.
   *
   * @param chain at each moment; null once it is gone
   */
  OutboundConnection(
      ProxyContext context,
      Channel channel,
      Worker worker,
      Supplier<@Nullable OutboundChain> chain) {
    this.context = context;
    this.channel = channel;
    this.worker = worker;
    this.chain = chain;
  }

  void begin() {
    OutboundChain present = chain.get();
    if (present == null) {
      var _ = channel.close();
      return;
    }
    if (present.cap() != null && !present.cap().admit(channel)) {
      return;
    }
    switch (present.content()) {
      case ListenerConfig.Content.Http http -> takeHttp(http);
      case ListenerConfig.Content.Tcp tcp -> takeTcp(tcp);
    }
  }

  private @Nullable HttpPlan http() {
    OutboundChain present = chain.get();
    return present == null ? null : present.http();
  }

  private void takeHttp(ListenerConfig.Content.Http http) {
    OutboundSide side =
        new OutboundSide(context, worker, Downstream.plaintext(channel), this::http);
    RequestAcceptor acceptor =
        new RequestAcceptor() {
          @Override
          public HttpEdge edge() {
            HttpPlan present = http();
            return present == null ? HttpEdge.DEFAULT : present.http().edge();
          }

          @Override
          public StreamListener accept(HttpStream stream, String protocol) {
            return new Exchange(worker, side, stream, protocol);
          }

          @Override
          public void onBadRequest(int status, String reason, String protocol) {
            OutboundReports.badRequest(context, status, protocol);
            Observer observer = side.observer();
            if (observer != null) {
              observer.tell(Ended.garbage(status, protocol), side.downstream(), worker.random());
            }
          }
        };
    HttpLimits limits =
        http.edge().bounds().over(context.limits().withConcurrentStreams(LOCAL_STREAMS));
    LocalClient client = new LocalClient(new CalmEnd(worker, channel));
    context.connections().add(worker, channel, client);
    channel
        .pipeline()
        .addLast(
            "detect",
            new ProtocolDetector(
                worker,
                limits,
                protocol -> {
                  ChannelHandler handler = handler(worker, limits, acceptor, protocol);
                  client.end().speaks((ServerConnection) handler);
                  return handler;
                }));
  }

  private static ChannelHandler handler(
      Worker worker,
      HttpLimits limits,
      RequestAcceptor acceptor,
      ProtocolDetector.Protocol protocol) {
    return switch (protocol) {
      case HTTP1 -> new Http1ServerConnection(worker, limits, acceptor);
      case HTTP2 -> Http2ServerConnection.create(worker, limits, acceptor);
    };
  }

  private void takeTcp(ListenerConfig.Content.Tcp tcp) {
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    // Whoever ends its output is read at once, with all that it sent before.
    channel.pipeline().addLast("hold", new ByteHold());
    OutboundChain present = chain.get();
    TcpCall call =
        TcpCall.begin(
            worker,
            channel,
            false,
            context.upstreams().get(tcp.upstream()),
            tcp.idleTimeout().orElse(TcpCall.DEFAULT_IDLE),
            OutboundReports.tcp(
                context,
                present == null ? null : present.observer(),
                Downstream.plaintext(channel),
                worker.random()),
            () -> leadsTo(tcp.upstream()));
    context.connections().add(worker, channel, call);
  }

  private boolean leadsTo(String upstream) {
    OutboundChain present = chain.get();
    return present != null
        && present.content() instanceof ListenerConfig.Content.Tcp tcp
        && tcp.upstream().equals(upstream);
  }

  /** A connection of the own workload that carries requests. */
  private final class LocalClient implements Live {
    private final CalmEnd end;

    LocalClient(CalmEnd end) {
      this.end = end;
    }

    CalmEnd end() {
      return end;
    }

    @Override
    public void drain() {
      end.drain();
    }

    @Override
    public void cut() {
      end.cut();
    }

    @Override
    public boolean isBusy() {
      return end.isBusy();
    }

    /** Each request is routed by the configuration of its moment. */
    @Override
    public void reconsider() {
      end.reconsider(http() != null);
    }
  }
}
