package dev.hawser.controlplane.peer;

import dev.hawser.trust.svid.Svid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TLS server that says it speaks HTTP/2 and keeps every byte that it is sent within TLS; it
 * serves one connection.
 */
final class RecordingServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RecordingServer.class);

  /** An empty SETTINGS frame, RFC 9113 section 6.5: a gRPC client waits for it. */
  private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

  private final SSLServerSocket listener;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final CountDownLatch ended = new CountDownLatch(1);

  RecordingServer(Svid svid, X509Certificate root) throws GeneralSecurityException, IOException {
    char[] password = "test".toCharArray();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, password);
    keys.setKeyEntry("server", svid.privateKey(), password, svid.chainWith(root));
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, password);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(managers.getKeyManagers(), null, null);
    listener =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 5, InetAddress.getLoopbackAddress());
    SSLParameters parameters = listener.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    listener.setSSLParameters(parameters);
    Thread.ofVirtual().name("recording-server").start(this::serve);
  }

  String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  private void serve() {
    try (Socket accepted = listener.accept();
        SSLSocket socket = (SSLSocket) accepted) {
      socket.startHandshake();
      socket.getOutputStream().write(SETTINGS);
      socket.getOutputStream().flush();
      byte[] buffer = new byte[4096];
      for (int read = socket.getInputStream().read(buffer);
          read >= 0;
          read = socket.getInputStream().read(buffer)) {
        synchronized (received) {
          received.write(buffer, 0, read);
        }
      }
    } catch (IOException e) {
      log.debug("recording server's connection ended", e);
    } finally {
      ended.countDown();
    }
  }

  /** Waits until the client has closed the connection. */
  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /** Returns all bytes so far, each as one character. */
  String received() {
    synchronized (received) {
      return received.toString(StandardCharsets.ISO_8859_1);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
