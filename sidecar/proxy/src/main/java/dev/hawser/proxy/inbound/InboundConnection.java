package dev.hawser.proxy.inbound;

import dev.hawser.proxy.access.AccessJudge;
import dev.hawser.proxy.call.SideCall;
import dev.hawser.proxy.context.CalmEnd;
import dev.hawser.proxy.context.Live;
import dev.hawser.proxy.context.ProxyContext;
import dev.hawser.proxy.exchange.Exchange;
import dev.hawser.proxy.filter.Metadata;
import dev.hawser.proxy.http.Http1ServerConnection;
import dev.hawser.proxy.http.Http2ServerConnection;
import dev.hawser.proxy.http.HttpEdge;
import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.http.HttpStream;
import dev.hawser.proxy.http.ProtocolDetector;
import dev.hawser.proxy.http.RequestAcceptor;
import dev.hawser.proxy.http.StreamListener;
import dev.hawser.proxy.model.ConnectionAuthz;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.observe.Ended;
import dev.hawser.proxy.observe.Observer;
import dev.hawser.proxy.tcp.ByteHold;
import dev.hawser.proxy.tcp.TcpCall;
import dev.hawser.proxy.worker.Worker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One peer's connection, verified or in plaintext. Lives on one event loop. */
final class InboundConnection implements Live, RequestAcceptor {
  private final ProxyContext context;
  private final Worker worker;
  private final Channel channel;
  private final InboundPeer peer;
  private final @Nullable String alpn;
  private final Supplier<@Nullable InboundChains> chains;
  private final InboundSide side;
  private final CalmEnd end;
  private @Nullable TcpCall bytes;
  private @Nullable SideCall asking;

  /** By whose word the bytes pass; null if nobody was to be asked. */
  private @Nullable ConnectionAuthz ruledBy;

  private @Nullable InboundChains foundIn;
  private InboundChains.@Nullable Ready found;

  InboundConnection(
      ProxyContext context,
      Worker worker,
      Channel channel,
      InboundPeer peer,
      @Nullable String alpn,
      Supplier<@Nullable InboundChains> chains) {
    this.context = context;
    this.worker = worker;
    this.channel = channel;
    this.peer = peer;
    this.alpn = alpn;
    this.chains = chains;
    this.side = new InboundSide(context, worker, peer, this::chain);
    this.end = new CalmEnd(worker, channel);
  }

  /** Returns the chain of this connection's name at this moment, or null if there is none. */
  private InboundChains.@Nullable Ready chain() {
    InboundChains present = chains.get();
    if (present != foundIn) {
      foundIn = present;
      found = present == null ? null : peer.in(present);
    }
    return found;
  }

  void begin() {
    InboundChains.Ready ready = chain();
    if (ready == null) {
      var _ = channel.close();
      return;
    }
    if (ready.cap() != null && !ready.cap().admit(channel)) {
      return;
    }
    switch (ready.chain().content()) {
      case ListenerConfig.Content.Http http -> beginHttp(http);
      case ListenerConfig.Content.Tcp tcp -> beginTcp(ready.chain(), tcp);
    }
  }

  private void beginHttp(ListenerConfig.Content.Http http) {
    HttpLimits limits = http.edge().bounds().over(context.limits());
    if (!peer.downstream().tls()) {
      channel.pipeline().addLast("detect", new ProtocolDetector(worker, limits, this::speaks));
    } else if ("h2".equals(alpn)) {
      // A caller's proxy shares it among its clients, each of which it has bounded itself.
      Http2ServerConnection made =
          Http2ServerConnection.create(worker, limits.withAnyResets(), this);
      end.speaks(made);
      channel.pipeline().addLast("http", made);
    } else if (alpn == null || alpn.equals("http/1.1")) {
      Http1ServerConnection made = new Http1ServerConnection(worker, limits, this);
      end.speaks(made);
      channel.pipeline().addLast("http", made);
    } else {
      var _ = channel.close();
      return;
    }
    context.connections().add(worker, channel, this);
  }

  /** A caller without TLS has said which protocol it speaks. */
  private ChannelHandler speaks(ProtocolDetector.Protocol protocol) {
    HttpLimits limits = edge().bounds().over(context.limits());
    return switch (protocol) {
      case HTTP1 -> {
        Http1ServerConnection made = new Http1ServerConnection(worker, limits, this);
        end.speaks(made);
        yield made;
      }
      case HTTP2 -> {
        Http2ServerConnection made = Http2ServerConnection.create(worker, limits, this);
        end.speaks(made);
        yield made;
      }
    };
  }

  private void beginTcp(ListenerConfig.Chain chain, ListenerConfig.Content.Tcp tcp) {
    Metadata told = new Metadata();
    if (!judge(chain, told)) {
      deny("RBAC");
      return;
    }
    channel.pipeline().addLast("hold", new ByteHold());
    context.connections().add(worker, channel, this);
    channel.closeFuture().addListener(_ -> askNoMore());
    ruledBy = tcp.ask().orElse(null);
    if (ruledBy == null || !context.authorizer().concerns(ruledBy, told)) {
      pass(tcp);
    } else {
      ask(ruledBy, allowed -> ruled(tcp, allowed));
    }
  }

  private boolean judge(ListenerConfig.Chain chain, Metadata told) {
    return context
        .gate()
        .allows(
            chain.access(),
            AccessJudge.Subject.of(peer.downstream(), null, told),
            InboundSide.NETWORK_FILTER);
  }

  private void ask(ConnectionAuthz whom, Consumer<Boolean> then) {
    asking =
        context
            .authorizer()
            .ask(
                whom,
                worker,
                peer.downstream(),
                allowed -> {
                  asking = null;
                  if (channel.isOpen()) {
                    then.accept(allowed);
                  }
                });
  }

  private void askNoMore() {
    SideCall present = asking;
    if (present != null) {
      asking = null;
      present.cancel();
    }
  }

  /** Somebody was asked; meanwhile the configuration may have changed. */
  private void ruled(ListenerConfig.Content.Tcp tcp, boolean allowed) {
    if (allowed && stillAllowed(tcp.upstream())) {
      pass(tcp);
      askAnew();
    } else {
      deny(allowed ? "RBAC" : "UAEX");
    }
  }

  /** Somebody else is to be asked, or in other words: bytes pass until the answer is there. */
  private void askAnew() {
    InboundChains.Ready ready = chain();
    if (asking != null
        || !channel.isOpen()
        || ready == null
        || !(ready.chain().content() instanceof ListenerConfig.Content.Tcp tcp)) {
      return;
    }
    ConnectionAuthz whom = tcp.ask().orElse(null);
    if (Objects.equals(whom, ruledBy)) {
      return;
    }
    ruledBy = whom;
    Metadata told = new Metadata();
    if (whom != null && judge(ready.chain(), told) && context.authorizer().concerns(whom, told)) {
      ask(whom, this::ruledAnew);
    }
  }

  private void ruledAnew(boolean allowed) {
    if (allowed) {
      askAnew();
    } else {
      InboundReports.denied(context, peer, "UAEX");
      cut();
    }
  }

  private void deny(String flags) {
    InboundReports.denied(context, peer, flags);
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    var _ = channel.close();
  }

  private void pass(ListenerConfig.Content.Tcp tcp) {
    InboundChains.Ready ready = chain();
    Observer observer = ready == null ? null : ready.observer();
    bytes =
        TcpCall.begin(
            worker,
            channel,
            TcpCall.FRAMED.equals(alpn),
            context.upstreams().get(tcp.upstream()),
            tcp.idleTimeout().orElse(TcpCall.DEFAULT_IDLE),
            InboundReports.tcp(context, peer, observer, worker.random()),
            () -> stillAllowed(tcp.upstream()));
  }

  private boolean stillAllowed(String upstream) {
    InboundChains.Ready ready = chain();
    return ready != null
        && ready.chain().content() instanceof ListenerConfig.Content.Tcp tcp
        && tcp.upstream().equals(upstream)
        && AccessJudge.allows(ready.chain().access(), peer.asking(null));
  }

  @Override
  public HttpEdge edge() {
    InboundChains.Ready ready = chain();
    return ready != null && ready.chain().content() instanceof ListenerConfig.Content.Http http
        ? http.edge()
        : HttpEdge.DEFAULT;
  }

  @Override
  public StreamListener accept(HttpStream stream, String protocol) {
    return new Exchange(worker, side, stream, protocol);
  }

  @Override
  public void onBadRequest(int status, String reason, String protocol) {
    InboundReports.badRequest(context, peer, status, protocol);
    Observer observer = side.observer();
    if (observer != null) {
      observer.tell(Ended.garbage(status, protocol), peer.downstream(), worker.random());
    }
  }

  @Override
  public void drain() {
    if (bytes == null) {
      end.drain();
    }
  }

  @Override
  public boolean isInbound() {
    return true;
  }

  @Override
  public void renew() {
    if (bytes == null && peer.downstream().tls()) {
      end.drain();
    }
  }

  @Override
  public void cut() {
    if (bytes != null) {
      bytes.cut();
    } else {
      end.cut();
    }
  }

  @Override
  public boolean isBusy() {
    return bytes != null ? bytes.isBusy() : end.isBusy();
  }

  /**
   * Each request is judged by the configuration of its moment, one under way is judged again; a
   * name that is gone ends it all.
   */
  @Override
  public void reconsider() {
    if (bytes != null) {
      bytes.reconsider();
      askAnew();
    } else if (asking == null) {
      InboundChains.Ready ready = chain();
      end.reconsider(ready != null && ready.http() != null);
    }
  }
}
