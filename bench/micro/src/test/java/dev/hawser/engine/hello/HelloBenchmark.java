package dev.hawser.engine.hello;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a gateway pays to find out where a connection goes: the hello of a sidecar's BoringSSL. */
@State(Scope.Thread)
public class HelloBenchmark {
  static final String NAME = "s3.p8080.orders.shop.east.mesh.internal";

  /** Octets that come at a time when the hello does not come at once. */
  private static final int PIECE = 64;

  private final ByteBuf hello = hello();
  private final ByteBuf another = Unpooled.wrappedBuffer("GET / HTTP/1.1\r\n".getBytes(UTF_8));

  private static ByteBuf hello() {
    try {
      SslContext context =
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.OPENSSL)
              .protocols("TLSv1.3")
              .applicationProtocolConfig(
                  new ApplicationProtocolConfig(
                      ApplicationProtocolConfig.Protocol.ALPN,
                      ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                      ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                      "h2",
                      "http/1.1"))
              .build();
      SSLEngine engine = context.newEngine(ByteBufAllocator.DEFAULT, NAME, 15443);
      ByteBuffer record = ByteBuffer.allocateDirect(engine.getSession().getPacketBufferSize());
      engine.wrap(ByteBuffer.allocate(0), record);
      return Unpooled.wrappedBuffer(record.flip());
    } catch (SSLException e) {
      throw new IllegalStateException("BoringSSL makes no ClientHello for " + NAME, e);
    }
  }

  /** All of it is there at the first look, as nearly always. */
  @Benchmark
  public Detection atOnce() {
    return new ClientHelloParser().detect(hello);
  }

  /** A look for every 64 octets. */
  @Benchmark
  public Detection inPieces() {
    ClientHelloParser parser = new ClientHelloParser();
    int length = hello.readableBytes();
    Detection found = Detection.INCOMPLETE;
    for (int there = PIECE; found instanceof Detection.Incomplete; there += PIECE) {
      found = parser.detect(hello.slice(0, Math.min(there, length)));
    }
    return found;
  }

  /** It is no TLS at all. */
  @Benchmark
  public Detection plaintext() {
    return new ClientHelloParser().detect(another);
  }
}
