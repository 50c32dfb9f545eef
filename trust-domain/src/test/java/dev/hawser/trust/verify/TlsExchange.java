package dev.hawser.trust.verify;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A TLS server on loopback that asks for a client certificate and echoes one byte. */
final class TlsExchange implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 10_000;

  private final SSLServerSocket listener;

  /** What came of one connection; a side that failed has no session. */
  record Outcome(
      @Nullable SSLSession client,
      @Nullable Exception clientFailure,
      @Nullable SSLSession server,
      @Nullable Exception serverFailure) {
    boolean completed() {
      return clientFailure == null && serverFailure == null;
    }

    SSLSession clientSession() {
      return Objects.requireNonNull(client);
    }

    SSLSession serverSession() {
      return Objects.requireNonNull(server);
    }
  }

  TlsExchange(SSLContext server) throws IOException {
    listener =
        (SSLServerSocket)
            server
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    listener.setNeedClientAuth(true);
    listener.setSoTimeout(TIMEOUT_MILLIS);
  }

  /** Connects once; the client asks for host name verification, which must not matter. */
  Outcome connect(SSLContext clientContext)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<Side> server = CompletableFuture.supplyAsync(this::serve);
    Side client = ask(clientContext);
    Side served = server.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    return new Outcome(client.session, client.failure, served.session, served.failure);
  }

  private record Side(@Nullable SSLSession session, @Nullable Exception failure) {}

  private Side ask(SSLContext context) throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), listener.getLocalPort())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      var parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      socket.getOutputStream().write(7);
      // In TLS 1.3 the server's verdict on the client arrives with the first read.
      if (socket.getInputStream().read() != 7) {
        throw new IOException("the server did not echo");
      }
      return new Side(socket.getSession(), null);
    } catch (IOException e) {
      return new Side(null, e);
    }
  }

  private Side serve() {
    try (SSLSocket socket = (SSLSocket) listener.accept()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.startHandshake();
      socket.getOutputStream().write(socket.getInputStream().read());
      return new Side(socket.getSession(), null);
    } catch (IOException e) {
      return new Side(null, e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
