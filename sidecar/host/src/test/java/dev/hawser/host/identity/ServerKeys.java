package dev.hawser.host.identity;

import dev.hawser.trust.svid.Svid;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** A server's keys by a prefix of the server name; the empty prefix is everybody's. */
final class ServerKeys {
  private final Map<String, Svid> byPrefix = new LinkedHashMap<>();

  static ServerKeys of(Svid svid) {
    return new ServerKeys().with("", svid);
  }

  ServerKeys with(String prefix, Svid svid) {
    byPrefix.put(prefix, svid);
    return this;
  }

  /** Chooses by server name, and notes each name that was asked for. */
  KeyManager manager(Collection<String> seen) {
    return new X509ExtendedKeyManager() {
      @Override
      public String chooseEngineServerAlias(
          String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        String name =
            ((ExtendedSSLSession) engine.getHandshakeSession())
                .getRequestedServerNames().stream()
                    .filter(SNIHostName.class::isInstance)
                    .map(n -> ((SNIHostName) n).getAsciiName())
                    .findFirst()
                    .orElse("");
        seen.add(name);
        return byPrefix.keySet().stream()
            .filter(prefix -> !prefix.isEmpty() && name.startsWith(prefix))
            .findFirst()
            .orElse("");
      }

      @Override
      public X509Certificate[] getCertificateChain(String alias) {
        return svid(alias).chain().toArray(X509Certificate[]::new);
      }

      @Override
      public PrivateKey getPrivateKey(String alias) {
        return svid(alias).privateKey();
      }

      private Svid svid(String alias) {
        Svid svid = byPrefix.get(alias);
        if (svid == null) {
          throw new IllegalArgumentException("no key for prefix '" + alias + "'");
        }
        return svid;
      }

      @Override
      public String[] getClientAliases(String keyType, Principal[] issuers) {
        return new String[0];
      }

      @Override
      public @Nullable String chooseClientAlias(
          String[] keyType, Principal[] issuers, Socket socket) {
        return null;
      }

      @Override
      public String[] getServerAliases(String keyType, Principal[] issuers) {
        return byPrefix.keySet().toArray(String[]::new);
      }

      @Override
      public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return "";
      }
    };
  }
}
