package dev.hawser.gateway.boot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** ClientHellos as bytes, honest ones and others. */
final class RawHello {
  private RawHello() {}

  /** Returns the first flight of the JDK's client, for any name, also one that no client sends. */
  static byte[] of(String name) {
    // A name of the same length passes the JDK's own rules; its octets are replaced afterwards.
    String innocent = "a".repeat(name.length() - 2) + ".a";
    byte[] hello = wrap(innocent);
    byte[] from = innocent.getBytes(StandardCharsets.US_ASCII);
    byte[] to = name.getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i + from.length <= hello.length; i++) {
      if (Arrays.equals(hello, i, i + from.length, from, 0, from.length)) {
        System.arraycopy(to, 0, hello, i, to.length);
        return hello;
      }
    }
    throw new IllegalStateException("the hello does not hold its server name");
  }

  static byte[] withoutName() {
    return wrap(null);
  }

  private static byte[] wrap(@org.jspecify.annotations.Nullable String name) {
    try {
      SSLEngine engine = SSLContext.getDefault().createSSLEngine();
      engine.setUseClientMode(true);
      if (name != null) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        engine.setSSLParameters(parameters);
      }
      ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
      engine.wrap(ByteBuffer.allocate(0), out);
      return Arrays.copyOf(out.array(), out.position());
    } catch (NoSuchAlgorithmException | SSLException e) {
      throw new IllegalStateException(e);
    }
  }
}
