package dev.hawser.engine.tls;

import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.verify.LiveTrustManager;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;

/** Builds TLS contexts; the one place where protocols, ciphers and session limits are chosen. */
final class Contexts {
  /** Within the mesh; nobody there is older. */
  private static final List<String> PROTOCOLS = List.of("TLSv1.3");

  private static final List<String> WEB_PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  private static final List<String> CIPHERS =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  /**
   * Netty hands a key on in a key store that lives for as long as the call. The default kind
   * derives a key from its password by 10,000 rounds, twice, which is most of what a new context
   * costs.
   */
  private static final String BRIEF_KEY_STORE = "JKS";

  private static final long SESSION_SECONDS = 3600;
  private static final int SESSIONS = 2048;

  private static final SecureRandom RANDOM = new SecureRandom();

  private Contexts() {}

  static SslContext server(
      Svid svid, TlsProvider provider, List<String> alpn, LiveTrustManager trust)
      throws SSLException {
    SslContext context =
        tuned(
                SslContextBuilder.forServer(svid.privateKey(), chain(svid))
                    .keyStoreType(BRIEF_KEY_STORE),
                provider,
                alpn,
                trust)
            .clientAuth(ClientAuth.REQUIRE)
            .build();
    if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
      // The tickets of one identity and one certificate: a new context cannot read the old ones.
      byte[] key = new byte[OpenSslSessionTicketKey.TICKET_KEY_SIZE];
      RANDOM.nextBytes(key);
      sessions.setTicketKeys(
          new OpenSslSessionTicketKey(slice(key, 0), slice(key, 1), slice(key, 2)));
    }
    return context;
  }

  private static byte[] slice(byte[] key, int index) {
    int size = OpenSslSessionTicketKey.NAME_SIZE;
    byte[] part = new byte[size];
    System.arraycopy(key, index * size, part, 0, size);
    return part;
  }

  static SslContext client(
      Svid svid, TlsProvider provider, List<String> alpn, LiveTrustManager trust)
      throws SSLException {
    return tuned(client(svid), provider, alpn, trust).build();
  }

  private static SslContextBuilder client(Svid svid) {
    return SslContextBuilder.forClient()
        .keyManager(svid.privateKey(), chain(svid))
        .keyStoreType(BRIEF_KEY_STORE);
  }

  private static X509Certificate[] chain(Svid svid) {
    return svid.chain().toArray(X509Certificate[]::new);
  }

  static SslContext grpcClient(Svid svid, TlsProvider provider, LiveTrustManager trust)
      throws SSLException {
    SslContext context =
        GrpcSslContexts.configure(client(svid), collected(provider))
            .trustManager(trust)
            .protocols(PROTOCOLS)
            .endpointIdentificationAlgorithm(null)
            .build();
    if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
      sessions.setSessionCacheEnabled(false);
    }
    return context;
  }

  /** For servers outside the mesh; see {@link WebTls}. */
  static SslContext web(TlsProvider provider, List<X509Certificate> authorities, List<String> alpn)
      throws SSLException {
    SslContextBuilder builder = SslContextBuilder.forClient();
    if (!authorities.isEmpty()) {
      builder.trustManager(authorities);
    }
    return tuned(builder, alpn)
        .protocols(WEB_PROTOCOLS)
        .sslProvider(collected(provider))
        .endpointIdentificationAlgorithm("HTTPS")
        .build();
  }

  /** A provider whose contexts are freed by the collector, for those who do not release them. */
  private static SslProvider collected(TlsProvider provider) {
    return provider == TlsProvider.JDK ? SslProvider.JDK : SslProvider.OPENSSL;
  }

  private static SslContextBuilder tuned(
      SslContextBuilder builder, TlsProvider provider, List<String> alpn, LiveTrustManager trust) {
    return tuned(builder, alpn).sslProvider(provider.netty()).trustManager(trust);
  }

  private static SslContextBuilder tuned(SslContextBuilder builder, List<String> alpn) {
    builder
        .protocols(PROTOCOLS)
        .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
        .sessionTimeout(SESSION_SECONDS)
        .sessionCacheSize(SESSIONS);
    if (!alpn.isEmpty()) {
      builder.applicationProtocolConfig(
          new ApplicationProtocolConfig(
              ApplicationProtocolConfig.Protocol.ALPN,
              ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
              ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
              alpn));
    }
    return builder;
  }
}
