package dev.hawser.engine.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

/** Which implementation of TLS is used. */
public enum TlsProvider {
  /** Google's, through netty-tcnative; the quick one. */
  BORINGSSL(SslProvider.OPENSSL_REFCNT),
  /** The JDK's, where there is no native library. */
  JDK(SslProvider.JDK);

  private final SslProvider netty;

  TlsProvider(SslProvider netty) {
    this.netty = netty;
  }

  SslProvider netty() {
    return netty;
  }

  /** Returns BoringSSL if its library can be loaded on this machine, else the JDK's. */
  public static TlsProvider best() {
    return OpenSsl.isAvailable() ? BORINGSSL : JDK;
  }
}
