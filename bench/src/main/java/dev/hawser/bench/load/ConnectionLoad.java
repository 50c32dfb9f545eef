package dev.hawser.bench.load;

import dev.hawser.bench.backend.Answers;
import dev.hawser.trust.svid.Svid;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection for each request: connect, handshake, GET, whole answer, close; several of these
 * at the same time, on one thread of this process.
 */
public final class ConnectionLoad implements Load {
  private static final int AT_THE_SAME_TIME = 16;
  private static final int MAX_FAILURES = 5;

  /** A few first connections cannot resume; more than this share of whole handshakes is wrong. */
  private static final double MAX_WHOLE = 0.05;

  private final @Nullable SslContext tls;
  private final @Nullable PinnedLeaf pinned;
  private final boolean resume;

  private ConnectionLoad(@Nullable SslContext tls, @Nullable PinnedLeaf pinned, boolean resume) {
    this.tls = tls;
    this.pinned = pinned;
    this.resume = resume;
  }

  /** Returns a load without TLS. */
  public static ConnectionLoad plain() {
    return new ConnectionLoad(null, null, false);
  }

  /**
   * Returns a load with mutual TLS 1.3.
   *
   * @param own certificate to show
   * @param server the one certificate that is believed
   * @param resume whether sessions are resumed; else every handshake is a whole one
   * @throws IOException if TLS cannot be had
   */
  public static ConnectionLoad mutual(Svid own, Svid server, boolean resume) throws IOException {
    PinnedLeaf pinned = new PinnedLeaf(server.leaf());
    SslContext context =
        SslContextBuilder.forClient()
            .keyManager(own.privateKey(), own.chain().toArray(X509Certificate[]::new))
            .sslProvider(SslProvider.OPENSSL)
            .protocols("TLSv1.3")
            .trustManager(pinned)
            .endpointIdentificationAlgorithm(null)
            .build();
    if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
      sessions.setSessionCacheEnabled(resume);
    }
    return new ConnectionLoad(context, pinned, resume);
  }

  @Override
  public LoadResult run(Target target, Duration duration) throws IOException, InterruptedException {
    EventLoopGroup loop = new EpollEventLoopGroup(1);
    try {
      long whole = pinned == null ? 0 : pinned.seen();
      long began = System.nanoTime();
      Run run = new Run(target, began + duration.toNanos());
      loop.submit(() -> run.begin(loop)).sync();
      if (!run.ended.await(duration.toSeconds() + 30, TimeUnit.SECONDS)) {
        throw new IOException("connections to " + target + " did not end with the load");
      }
      long wall = System.nanoTime() - began;
      if (pinned != null && resume) {
        run.requireResumed(pinned.seen() - whole);
      }
      // What it costs this process, the case counts: the applications live here too.
      return new LoadResult(run.done, run.bytes, run.failures, 0, 0, 0, wall);
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  /** One run; all but the end is touched on the loop alone. */
  private final class Run implements OneRequest.Outcome {
    private final Target target;
    private final long deadline;
    private final java.util.concurrent.CountDownLatch ended =
        new java.util.concurrent.CountDownLatch(AT_THE_SAME_TIME);
    private final List<String> failures = new ArrayList<>();
    private Optional<Bootstrap> bootstrap = Optional.empty();
    private long done;
    private long bytes;

    Run(Target target, long deadline) {
      this.target = target;
      this.deadline = deadline;
    }

    void begin(EventLoopGroup loop) {
      bootstrap =
          Optional.of(
              new Bootstrap()
                  .group(loop)
                  .channel(EpollSocketChannel.class)
                  .option(ChannelOption.TCP_NODELAY, true)
                  .handler(
                      new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                          take(channel);
                        }
                      }));
      for (int i = 0; i < AT_THE_SAME_TIME; i++) {
        next();
      }
    }

    private void take(Channel channel) {
      if (tls != null) {
        channel.pipeline().addLast(tls.newHandler(channel.alloc(), target.name(), target.port()));
      }
      channel.pipeline().addLast(new OneRequest(tls != null, Answers.SMALL, this));
    }

    private void next() {
      if (System.nanoTime() >= deadline || failures.size() >= MAX_FAILURES) {
        ended.countDown();
        return;
      }
      bootstrap
          .orElseThrow()
          .connect(target.host(), target.port())
          .addListener((ChannelFuture connected) -> {
            if (!connected.isSuccess()) {
              failed("connect: " + connected.cause());
            }
          });
    }

    @Override
    public void done(long answerBytes) {
      done++;
      bytes += answerBytes;
      next();
    }

    @Override
    public void failed(String reason) {
      failures.add(reason);
      next();
    }

    void requireResumed(long whole) {
      if (whole >= done || whole > AT_THE_SAME_TIME + done * MAX_WHOLE) {
        failures.add(whole + " of " + done + " handshakes were whole ones, not resumed");
      }
    }
  }
}
