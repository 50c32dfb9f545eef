package dev.hawser.host.dns;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks upstream resolvers, one after the other until one answers. Each question goes out from a
 * port and under an id of its own, both random, and only an answer that repeats the id and the
 * question is believed (RFC 5452). For one event loop.
 */
final class Forwarder {
  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
  private static final int MAX_OPEN = 512;
  private static final int MAX_DATAGRAM = 4096;
  private static final int MAX_MESSAGE = 65_535;
  private static final int IDS = 65_536;

  private final EventLoop loop;
  private final List<InetSocketAddress> upstreams;
  private final Duration timeout;
  private final SecureRandom random = new SecureRandom();
  private int open;

  Forwarder(EventLoop loop, List<InetSocketAddress> upstreams, Duration timeout) {
    this.loop = loop;
    this.upstreams = upstreams;
    this.timeout = timeout;
  }

  void byUdp(DnsQuery query, Consumer<Optional<byte[]>> done) {
    begin(new Question(query, false, done));
  }

  void byTcp(DnsQuery query, Consumer<Optional<byte[]>> done) {
    begin(new Question(query, true, done));
  }

  private void begin(Question question) {
    if (open >= MAX_OPEN) {
      LOG.warn("Too many DNS questions are open; one is refused. open={}", open);
      question.done.accept(Optional.empty());
      return;
    }
    open++;
    question.ask(0);
  }

  /** One query on its way through the upstreams. */
  private final class Question {
    private final DnsQuery query;
    private final boolean tcp;
    private final Consumer<Optional<byte[]>> done;
    private boolean finished;

    Question(DnsQuery query, boolean tcp, Consumer<Optional<byte[]>> done) {
      this.query = query;
      this.tcp = tcp;
      this.done = done;
    }

    void ask(int index) {
      if (index == upstreams.size()) {
        finish(Optional.empty());
        return;
      }
      int id = random.nextInt(IDS);
      Attempt attempt = new Attempt(index, id);
      Bootstrap bootstrap = tcp ? tcp(attempt) : udp(attempt);
      Channel channel =
          bootstrap
              .connect(upstreams.get(index))
              .addListener((io.netty.channel.ChannelFuture connected) -> {
                if (connected.isSuccess()) {
                  var _ =
                      connected.channel().writeAndFlush(Unpooled.wrappedBuffer(query.withId(id)));
                } else {
                  attempt.failed(connected.cause().toString());
                }
              })
              .channel();
      attempt.watch(channel);
    }

    private Bootstrap udp(Attempt attempt) {
      return new Bootstrap()
          .group(loop)
          .channel(NioDatagramChannel.class)
          .option(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM))
          .handler(
              new SimpleChannelInboundHandler<DatagramPacket>() {
                @Override
                protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
                  attempt.received(packet.content());
                }

                @Override
                public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                  attempt.failed(cause.toString());
                }
              });
    }

    private Bootstrap tcp(Attempt attempt) {
      return new Bootstrap()
          .group(loop)
          .channel(NioSocketChannel.class)
          .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis())
          .handler(
              new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel channel) {
                  channel
                      .pipeline()
                      .addLast(new LengthFieldBasedFrameDecoder(MAX_MESSAGE + 2, 0, 2, 0, 2))
                      .addLast(new LengthFieldPrepender(2))
                      .addLast(new TcpAnswer(attempt));
                }
              });
    }

    private void finish(Optional<byte[]> answer) {
      if (!finished) {
        finished = true;
        open--;
        done.accept(answer);
      }
    }

    /** One upstream's turn. */
    private final class Attempt {
      private final int index;
      private final int id;
      private boolean over;

      Attempt(int index, int id) {
        this.index = index;
        this.id = id;
      }

      void watch(Channel channel) {
        var _ =
            loop.schedule(
                () -> failed("no answer in time"), timeout.toMillis(), TimeUnit.MILLISECONDS);
        closer =
            () -> {
              var _ = channel.close();
            };
        if (over) {
          var _ = channel.close();
        }
      }

      private Runnable closer = () -> {};

      void received(ByteBuf content) {
        byte[] answer = ByteBufUtil.getBytes(content);
        if (over || !query.isAnsweredBy(answer, id)) {
          return;
        }
        over = true;
        closer.run();
        answer[0] = query.message()[0];
        answer[1] = query.message()[1];
        finish(Optional.of(answer));
      }

      void failed(String reason) {
        if (over) {
          return;
        }
        over = true;
        closer.run();
        LOG.debug(
            "A DNS upstream did not answer. upstream={} reason={}", upstreams.get(index), reason);
        ask(index + 1);
      }
    }
  }

  private static final class TcpAnswer extends SimpleChannelInboundHandler<ByteBuf> {
    private final Question.Attempt attempt;

    TcpAnswer(Question.Attempt attempt) {
      this.attempt = attempt;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf content) {
      attempt.received(content);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      attempt.failed("closed");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      attempt.failed(cause.toString());
    }
  }
}
