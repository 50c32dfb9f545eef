package dev.hawser.gateway.splice;

import dev.hawser.engine.hello.Detection;
import dev.hawser.engine.hello.HelloHandler;
import dev.hawser.engine.hello.HelloRouter;
import dev.hawser.engine.loop.ClientOptions;
import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.relay.Relay;
import dev.hawser.engine.relay.RelayOptions;
import dev.hawser.gateway.probe.OwnName;
import dev.hawser.gateway.route.Backend;
import dev.hawser.gateway.route.Route;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of one connection: from its ClientHello to the splice, or to its end. What does not
 * lead anywhere is closed without an answer. On the connection's event loop.
 */
final class Opening implements HelloRouter {
  /** Candidates of a service-level name that are tried before the caller is let go. */
  private static final int MAX_TRIES = 3;

  private final Connections connections;
  private final Channel caller;
  private final EventLoops loops;
  private final Duration idle;
  private final OwnName ownName;
  private final Instant start = Instant.now();
  private final long began = System.nanoTime();
  private String remote;
  private boolean over;

  Opening(
      Connections connections, Channel caller, EventLoops loops, Duration idle, OwnName ownName) {
    this.connections = connections;
    this.caller = caller;
    // Now, since a closed channel does not know it any more.
    this.remote = Connections.remote(caller);
    this.loops = loops;
    this.idle = idle;
    this.ownName = ownName;
  }

  /** A load balancer has said whose connection it is. */
  void from(InetSocketAddress source) {
    remote = Connections.text(source);
  }

  /** A load balancer has said nothing that makes sense, or too much. */
  void refuse(String reason) {
    over = true;
    refuse("", reason);
  }

  @Override
  public void onHello(ChannelHandlerContext ctx, Detection detection) {
    if (over) {
      return;
    }
    switch (detection) {
      case Detection.Sni sni -> route(ctx, sni.name());
      case Detection.NoSni _ -> refuse("", "no-server-name");
      case Detection.NotTls _ -> refuse("", "not-tls");
      case Detection.Incomplete _ -> refuse("", "incomplete");
      case Detection.Malformed _ -> refuse("", "malformed");
    }
  }

  private void route(ChannelHandlerContext ctx, String name) {
    switch (connections.table().find(name, connections::load)) {
      case Route.Self _ -> {
        connections.decided(this);
        ownName.serve(caller);
        HelloHandler.replay(ctx);
      }
      case Route.Nowhere nowhere -> refuse(name, nowhere.reason());
      case Route.To to -> connect(ctx, name, to, 0);
    }
  }

  private void refuse(String name, String reason) {
    connections.metrics().ended("", reason.replace(' ', '-'));
    log(name, null, 0, 0, "refused", reason);
    var _ = caller.close();
  }

  /**
   * Tries the candidates in turn; a slot has one, so its caller learns at once and goes elsewhere.
   */
  private void connect(ChannelHandlerContext ctx, String name, Route.To to, int index) {
    Backend backend = to.candidates().get(index);
    Bootstrap bootstrap =
        loops
            .client(
                caller.eventLoop(),
                ClientOptions.defaults().withHalfClosure(true).withAutoRead(false))
            .handler(new ChannelInboundHandlerAdapter());
    ChannelFuture connecting = bootstrap.connect(backend.address());
    connecting.addListener(_ -> {
      if (!caller.isActive()) {
        connections.metrics().ended(to.group(), "caller-left");
        log(name, backend, 0, 0, "caller-left", "");
        var _ = connecting.channel().close();
      } else if (connecting.isSuccess()) {
        splice(ctx, name, to.group(), backend, connecting.channel());
      } else if (index + 1 < Math.min(MAX_TRIES, to.candidates().size())) {
        connect(ctx, name, to, index + 1);
      } else {
        connections.metrics().ended(to.group(), "unreachable");
        log(name, backend, 0, 0, "unreachable", String.valueOf(connecting.cause().getMessage()));
        var _ = caller.close();
      }
    });
  }

  private void splice(
      ChannelHandlerContext ctx, String name, String group, Backend backend, Channel target) {
    Splice splice = new Splice(group, backend, caller.eventLoop());
    connections.began(splice);
    connections.decided(this);
    Relay relay =
        Relay.splice(
            caller,
            target,
            new RelayOptions(idle, connections.metrics().meter(group)),
            result -> {
              String outcome = result.ending().name().toLowerCase(Locale.ROOT).replace('_', '-');
              splice.ended();
              connections.ended(splice);
              connections.metrics().ended(group, outcome);
              log(name, backend, result.bytesAToB(), result.bytesBToA(), outcome, result.detail());
            });
    splice.joined(relay);
    HelloHandler.replay(ctx);
    if (!splice.isAllowedBy(connections.table())) {
      splice.cut("withdrawn while connecting");
    }
  }

  private void log(
      String name,
      @Nullable Backend backend,
      long received,
      long sent,
      String outcome,
      String detail) {
    connections
        .log()
        .write(
            new ConnectionLog.Entry(
                start,
                remote,
                name,
                backend,
                received,
                sent,
                Duration.ofNanos(System.nanoTime() - began),
                outcome,
                detail));
  }
}
