package dev.hawser.it.story;

import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.x509.Certificates;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/**
 * An intruder with a certificate: asks a gateway for any name it likes. It trusts whoever answers,
 * since it is the other side that must refuse.
 */
final class TlsCaller {
  private static final char[] NO_PASSWORD = new char[0];

  private final SSLContext context;

  TlsCaller(Svid svid) {
    try {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(null, NO_PASSWORD);
      keys.setKeyEntry(
          "svid",
          svid.privateKey(),
          NO_PASSWORD,
          svid.chain().toArray(java.security.cert.X509Certificate[]::new));
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(keys, NO_PASSWORD);
      context = SSLContext.getInstance("TLSv1.3");
      context.init(factory.getKeyManagers(), new TrustManager[] {new TrustsAnybody()}, null);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What came of an attempt. */
  sealed interface Outcome {
    /** The handshake did not complete: the connection was closed or reset. */
    record Closed(String how) implements Outcome {}

    /**
     * The handshake completed and this is what came back to an HTTP/1.1 request; empty if the
     * connection was closed.
     */
    record Answered(String response) implements Outcome {}
  }

  /** Connects, asks for a name, and if the handshake completes sends a GET. */
  Outcome get(String address, int port, String serverName) {
    return get(address, port, serverName, "http/1.1");
  }

  /**
   * Returns whom the server shows itself as on a fresh handshake, leaf first; empty if there was
   * none.
   */
  List<X509Certificate> serverChain(String address, int port, String serverName, String protocol) {
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
      socket.connect(new InetSocketAddress(address, port), 3000);
      socket.setSoTimeout(5000);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(serverName)));
      parameters.setApplicationProtocols(new String[] {protocol});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return Certificates.ofPeer(socket.getSession().getPeerCertificates());
    } catch (IOException _) {
      return List.of();
    }
  }

  /** The same with another protocol by ALPN; a server of HTTP/2 answers the GET with a GOAWAY. */
  Outcome get(String address, int port, String serverName, String protocol) {
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
      socket.connect(new InetSocketAddress(address, port), 3000);
      socket.setSoTimeout(5000);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(serverName)));
      parameters.setApplicationProtocols(new String[] {protocol});
      socket.setSSLParameters(parameters);
      try {
        socket.startHandshake();
      } catch (IOException e) {
        return new Outcome.Closed(e.toString());
      }
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      try {
        return new Outcome.Answered(
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      } catch (SSLException | java.net.SocketException e) {
        // In TLS 1.3 the server judges the client's certificate after the client's handshake is
        // over.
        return new Outcome.Closed(e.toString());
      }
    } catch (IOException e) {
      return new Outcome.Closed(e.toString());
    }
  }
}
