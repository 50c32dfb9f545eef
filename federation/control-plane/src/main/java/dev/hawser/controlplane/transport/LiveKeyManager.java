package dev.hawser.controlplane.transport;

import dev.hawser.controlplane.transport.TransportTrust.Presented;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows the own identity of the moment. A handshake asks for alias, key and chain one after the
 * other, so an alias names one identity for good: one that is replaced in between still fits.
 *
 * <p>A server shows its root as the last certificate, for joiners that know only its digest; and to
 * a client whose server name begins with {@code r<16 digits of a root's SHA-256>} it shows itself
 * under that root.
 */
final class LiveKeyManager extends X509ExtendedKeyManager {
  private static final Pattern UNDER_ROOT = Pattern.compile("r([0-9a-f]{16})\\..*");
  private static final String EC = "EC";
  private static final int KEPT = 16;

  private final TransportTrust trust;
  private final boolean withRoot;

  private final Map<String, Presented> byAlias =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Presented> eldest) {
          return size() > KEPT;
        }
      };

  private LiveKeyManager(TransportTrust trust, boolean withRoot) {
    this.trust = trust;
    this.withRoot = withRoot;
  }

  static LiveKeyManager server(TransportTrust trust) {
    return new LiveKeyManager(trust, true);
  }

  static LiveKeyManager client(TransportTrust trust) {
    return new LiveKeyManager(trust, false);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    if (!keyType.equals(EC)) {
      return null;
    }
    return alias(underAskedRoot(engine).orElseGet(trust::presented));
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
    return List.of(keyTypes).contains(EC) ? alias(trust.presented()) : null;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    @Nullable Presented presented = find(alias);
    if (presented == null) {
      return null;
    }
    return withRoot
        ? presented.svid().chainWith(presented.root())
        : presented.svid().chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    @Nullable Presented presented = find(alias);
    return presented == null ? null : presented.svid().privateKey();
  }

  private Optional<Presented> underAskedRoot(SSLEngine engine) {
    if (!(engine.getHandshakeSession() instanceof ExtendedSSLSession session)) {
      return Optional.empty();
    }
    for (SNIServerName name : session.getRequestedServerNames()) {
      if (name instanceof SNIHostName host) {
        Matcher matcher = UNDER_ROOT.matcher(host.getAsciiName());
        if (matcher.matches()) {
          return trust.presentedUnder(matcher.group(1));
        }
      }
    }
    return Optional.empty();
  }

  private String alias(Presented presented) {
    String alias = presented.svid().leaf().getSerialNumber().toString(Character.MAX_RADIX);
    synchronized (byAlias) {
      byAlias.put(alias, presented);
    }
    return alias;
  }

  private @Nullable Presented find(String alias) {
    synchronized (byAlias) {
      return byAlias.get(alias);
    }
  }

  // Sockets without an engine and listings of aliases are never used here.

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }
}
