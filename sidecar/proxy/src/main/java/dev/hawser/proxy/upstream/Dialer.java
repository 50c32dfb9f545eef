package dev.hawser.proxy.upstream;

import dev.hawser.engine.loop.ClientOptions;
import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.tls.OutgoingTls;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.UpstreamConfig.ConnectionRules;
import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.Worker;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Opens connections on a worker's own loop. */
public final class Dialer {
  /** What became of an attempt; exactly one of its methods is called, on the loop. */
  public interface Outcome {
    /** The connection stands, its peer is verified, nothing has been read. */
    void connected(Channel channel);

    void failed(StreamFailure failure);
  }

  /**
   * Where to.
   *
   * @param serverName to send; ignored without TLS
   * @param alpn that the peer must agree to; empty for none
   * @param timeout for TCP, and again for TLS
   * @param halfClosure whether an end of input leaves the output open
   * @param rules of the socket
   */
  public record Target(
      Address address,
      @Nullable OutgoingTls tls,
      String serverName,
      String alpn,
      Duration timeout,
      boolean halfClosure,
      ConnectionRules rules) {}

  private final EventLoops loops;

  /** Makes a dialer for all workers. */
  public Dialer(EventLoops loops) {
    this.loops = loops;
  }

  /** Begins an attempt; call it on the worker's loop. */
  public void dial(Worker worker, Target target, Outcome outcome) {
    new Attempt(worker, target, outcome).begin();
  }

  /** One attempt. */
  private final class Attempt {
    private final Worker worker;
    private final Target target;
    private final Outcome outcome;
    private final Timer handshake = new Timer(this::onHandshakeTimeout);
    private @Nullable Channel channel;
    private final long began = System.nanoTime();
    private boolean decided;

    Attempt(Worker worker, Target target, Outcome outcome) {
      this.worker = worker;
      this.target = target;
      this.outcome = outcome;
    }

    void begin() {
      Bootstrap bootstrap =
          loops
              .client(
                  worker.loop(), new ClientOptions(target.timeout(), target.halfClosure(), true))
              .handler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel made) {
                      prepare(made);
                    }
                  });
      SocketRules.apply(target.rules(), bootstrap, loops.transport());
      Address to = target.address();
      bootstrap
          .connect(InetSocketAddress.createUnresolved(to.host(), to.port()))
          .addListener((ChannelFuture connected) -> onConnect(connected));
    }

    private void prepare(Channel made) {
      channel = made;
      OutgoingTls tls = target.tls();
      if (tls != null) {
        tls.install(made, target.serverName())
            .addListener(verified -> {
              if (verified.isSuccess()) {
                checkAlpn(made);
              } else {
                fail(StreamFailure.Kind.TLS, describe(verified.cause()));
              }
            });
      }
      // Bytes cannot come before the owner has installed its handler, but failures can.
      made.pipeline().addLast("dial", new Quiet());
    }

    private void onConnect(ChannelFuture connected) {
      if (!connected.isSuccess()) {
        Throwable cause = connected.cause();
        fail(
            cause instanceof ConnectTimeoutException
                ? StreamFailure.Kind.CONNECT_TIMEOUT
                : StreamFailure.Kind.CONNECT,
            describe(cause));
      } else if (target.tls() == null) {
        succeed(connected.channel());
      } else if (!decided) {
        worker.timers().arm(handshake, target.timeout().toNanos());
      }
    }

    private void checkAlpn(Channel made) {
      SslHandler tls = made.pipeline().get(SslHandler.class);
      String agreed = tls == null ? null : tls.applicationProtocol();
      if (target.alpn().isEmpty() || target.alpn().equals(agreed)) {
        succeed(made);
      } else {
        fail(
            StreamFailure.Kind.TLS,
            "peer agreed to protocol " + agreed + " (expected: " + target.alpn() + ")");
      }
    }

    private void onHandshakeTimeout() {
      fail(StreamFailure.Kind.TLS_TIMEOUT, "TLS handshake took more than " + target.timeout());
    }

    private void succeed(Channel made) {
      if (decided) {
        return;
      }
      decided = true;
      worker.timers().cancel(handshake);
      made.pipeline().remove("dial");
      outcome.connected(made);
    }

    private void fail(StreamFailure.Kind kind, String detail) {
      if (decided) {
        return;
      }
      decided = true;
      worker.timers().cancel(handshake);
      Channel made = channel;
      if (made != null) {
        made.unsafe().close(made.voidPromise());
      }
      boolean silent =
          kind == StreamFailure.Kind.CONNECT_TIMEOUT || kind == StreamFailure.Kind.TLS_TIMEOUT;
      outcome.failed(
          new StreamFailure(
              kind, target.address() + ": " + detail, silent ? System.nanoTime() - began : 0));
    }

    private String describe(@Nullable Throwable cause) {
      return cause == null ? "closed" : String.valueOf(cause.getMessage());
    }
  }

  /** Swallows the exceptions of a connection that has no owner yet: its future tells them. */
  private static final class Quiet extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var _ = ctx.close();
    }
  }
}
