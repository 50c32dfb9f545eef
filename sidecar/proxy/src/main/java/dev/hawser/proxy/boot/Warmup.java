package dev.hawser.proxy.boot;

import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.loop.ListenOptions;
import dev.hawser.engine.loop.Listener;
import dev.hawser.engine.tls.ClientTls;
import dev.hawser.engine.tls.MeshTls;
import dev.hawser.engine.tls.ServerTls;
import dev.hawser.proxy.http.ClientConnection;
import dev.hawser.proxy.http.Http2ClientConnection;
import dev.hawser.proxy.http.Http2ServerConnection;
import dev.hawser.proxy.http.HttpEdge;
import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.http.HttpStream;
import dev.hawser.proxy.http.Pings;
import dev.hawser.proxy.http.RequestAcceptor;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.http.StreamListener;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.UpstreamConfig.ConnectionRules;
import dev.hawser.proxy.upstream.Dialer;
import dev.hawser.proxy.worker.Worker;
import dev.hawser.proxy.worker.Workers;
import dev.hawser.trust.verify.ExpectedPeers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls itself a few times before anybody else does. The first handshake of a fresh process loads
 * classes for longer than a peer waits, and would look like one of a frozen process.
 */
final class Warmup {
  private static final Logger LOG = LoggerFactory.getLogger(Warmup.class);
  private static final int CALLS = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final EventLoops loops;
  private final Workers workers;
  private final MeshTls tls;
  private final HttpLimits limits = HttpLimits.defaults();

  Warmup(EventLoops loops, Workers workers, MeshTls tls) {
    this.loops = loops;
    this.workers = workers;
    this.tls = tls;
  }

  /** Does it; a failure is no reason not to start. */
  void run() {
    long began = System.nanoTime();
    try (ServerTls server = tls.server(java.util.List.of("h2"), ExpectedPeers.any());
        ClientTls client = tls.client(java.util.List.of("h2"), ExpectedPeers.any());
        Listener listener =
            loops.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ListenOptions.defaults(),
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    serve(channel, server);
                  }
                })) {
      Address address =
          new Address(
              listener.address().getAddress().getHostAddress(), listener.address().getPort());
      for (int i = 0; i < CALLS; i++) {
        Worker worker = workers.all().get(i % workers.all().size());
        call(worker, address, client).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      }
      LOG.debug("Warmed up millis={}", (System.nanoTime() - began) / 1_000_000);
    } catch (IOException | ExecutionException | TimeoutException e) {
      LOG.info("Warm-up failed, the first connections will be slow reason={}", e.toString());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(Channel channel, ServerTls server) {
    Worker worker = workers.of(channel.eventLoop());
    server
        .install(channel)
        .addListener(verified -> {
          if (verified.isSuccess()) {
            channel.pipeline().addLast(Http2ServerConnection.create(worker, limits, new Echo()));
          }
        });
  }

  private CompletableFuture<Void> call(Worker worker, Address address, ClientTls client) {
    CompletableFuture<Void> answered = new CompletableFuture<>();
    Dialer.Target target =
        new Dialer.Target(
            address, client, "warmup.invalid", "h2", PATIENCE, false, ConnectionRules.none());
    worker
        .loop()
        .execute(() -> new Dialer(loops).dial(worker, target, new Call(worker, limits, answered)));
    return answered;
  }

  /** One request. */
  private record Call(Worker worker, HttpLimits limits, CompletableFuture<Void> answered)
      implements Dialer.Outcome, ClientConnection.Observer {
    @Override
    public void connected(Channel channel) {
      Http2ClientConnection connection =
          Http2ClientConnection.create(worker, limits, Pings.everySecond(), this, _ -> {});
      channel.pipeline().addLast(connection);
      HttpStream stream = connection.open(new Answer(answered));
      stream.sendHeaders(
          new DefaultHttp2Headers(false)
              .method("GET")
              .scheme("http")
              .authority("warmup.invalid")
              .path("/"),
          true);
      connection.retire();
    }

    @Override
    public void failed(StreamFailure failure) {
      answered.completeExceptionally(new IOException(failure.detail()));
    }

    @Override
    public void onSpare(ClientConnection connection) {
      // One request is all.
    }

    @Override
    public void onRetired(ClientConnection connection) {
      // It closes by itself after the answer.
    }

    @Override
    public void onClosed(ClientConnection connection, StreamFailure cause) {
      answered.completeExceptionally(new IOException(cause.detail()));
    }
  }

  /** Hears the answer. */
  private record Answer(CompletableFuture<Void> answered) implements StreamListener {
    @Override
    public void onHeaders(Http2Headers headers, boolean end) {
      answered.complete(null);
    }

    @Override
    public void onData(ByteBuf data, boolean end) {
      data.release();
    }

    @Override
    public void onTrailers(Http2Headers trailers) {
      // The head was enough.
    }

    @Override
    public void onWritable() {
      // Nothing more is sent.
    }

    @Override
    public void onReset(StreamFailure failure) {
      answered.completeExceptionally(new IOException(failure.detail()));
    }
  }

  /** Answers everything. */
  private static final class Echo implements RequestAcceptor {
    @Override
    public HttpEdge edge() {
      return HttpEdge.DEFAULT;
    }

    @Override
    public StreamListener accept(HttpStream stream, String protocol) {
      return new StreamListener() {
        @Override
        public void onHeaders(Http2Headers headers, boolean end) {
          stream.sendHeaders(new DefaultHttp2Headers(false).status("204"), true);
        }

        @Override
        public void onData(ByteBuf data, boolean end) {
          data.release();
        }

        @Override
        public void onTrailers(Http2Headers trailers) {
          // The head was enough.
        }

        @Override
        public void onWritable() {
          // Nothing more is sent.
        }

        @Override
        public void onReset(StreamFailure failure) {
          // The caller has its answer.
        }
      };
    }

    @Override
    public void onBadRequest(int status, String reason, String protocol) {
      // The caller is told.
    }
  }
}
