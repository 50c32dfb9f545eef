package dev.hawser.engine.hello;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** First flights of real TLS clients: the JDK's and BoringSSL's, small and post-quantum-sized. */
final class CapturedHellos {
  static final String SNI = "s3.p8080.orders.shop.west.mesh.internal";
  static final List<String> ALPN = List.of("h2", "http/1.1");

  private CapturedHellos() {}

  /** Returns the records by a name for the report. */
  static Map<String, byte[]> all() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("jdk", capture(builder(SslProvider.JDK), SNI));
    all.put("jdk-1.2", capture(builder(SslProvider.JDK).protocols("TLSv1.2"), SNI));
    all.put("boringssl", capture(builder(SslProvider.OPENSSL), SNI));
    all.put(
        "boringssl-post-quantum",
        capture(
            builder(SslProvider.OPENSSL)
                .option(OpenSslContextOption.GROUPS, new String[] {"X25519MLKEM768", "X25519"}),
            SNI));
    return all;
  }

  static byte[] withoutSni() {
    return capture(builder(SslProvider.JDK), null);
  }

  private static SslContextBuilder builder(SslProvider provider) {
    return SslContextBuilder.forClient()
        .sslProvider(provider)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                ALPN));
  }

  private static byte[] capture(
      SslContextBuilder builder, @org.jspecify.annotations.Nullable String sni) {
    try {
      SslContext context = builder.build();
      SslHandler handler =
          sni == null
              ? context.newHandler(ByteBufAllocator.DEFAULT)
              : context.newHandler(ByteBufAllocator.DEFAULT, sni, 443);
      EmbeddedChannel channel = new EmbeddedChannel(handler);
      ByteBuf all = Unpooled.buffer();
      ByteBuf piece = channel.readOutbound();
      while (piece != null) {
        all.writeBytes(piece);
        piece.release();
        piece = channel.readOutbound();
      }
      byte[] bytes = ByteBufUtil.getBytes(all);
      channel.finishAndReleaseAll();
      return bytes;
    } catch (javax.net.ssl.SSLException e) {
      throw new IllegalStateException(e);
    }
  }
}
