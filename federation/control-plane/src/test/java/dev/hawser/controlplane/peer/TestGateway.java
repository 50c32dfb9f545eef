package dev.hawser.controlplane.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Splices connections to one control plane, as an east-west gateway does, and can be frozen: it
 * then still accepts, as the kernel does for a frozen process, but no byte passes.
 */
final class TestGateway implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TestGateway.class);

  private final ServerSocket listener;
  private final AtomicInteger target = new AtomicInteger();
  private final AtomicLong connections = new AtomicLong();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Object thaw = new Object();
  private volatile boolean towardsServer = true;
  private volatile boolean towardsClient = true;

  TestGateway() {
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("test-gateway").start(this::acceptAll);
  }

  String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** Connections go to this port of 127.0.0.1 from now on. */
  void leadTo(int port) {
    target.set(port);
  }

  long connections() {
    return connections.get();
  }

  void freeze() {
    pass(false, false);
  }

  void thaw() {
    pass(true, true);
  }

  /** Says in which directions bytes pass. */
  void pass(boolean toServer, boolean toClient) {
    synchronized (thaw) {
      towardsServer = toServer;
      towardsClient = toClient;
      thaw.notifyAll();
    }
  }

  /** Ends what is open; new connections are accepted. */
  void cutAll() {
    open.forEach(TestGateway::closeQuietly);
  }

  private void acceptAll() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        connections.incrementAndGet();
        open.add(client);
        Thread.ofVirtual().start(() -> splice(client));
      } catch (IOException e) {
        log.debug("test gateway stopped accepting", e);
        return;
      }
    }
  }

  private void splice(Socket client) {
    try (client;
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target.get())) {
      open.add(server);
      Thread back =
          Thread.ofVirtual()
              .start(() -> {
                copy(server, client, false);
                closeQuietly(client);
              });
      copy(client, server, true);
      closeQuietly(server);
      back.join();
      open.remove(server);
    } catch (IOException e) {
      log.debug("test gateway connection ended", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  private void copy(Socket from, Socket to, boolean toServer) {
    byte[] buffer = new byte[16 * 1024];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitThaw(toServer);
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      log.debug("test gateway direction ended", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitThaw(boolean toServer) throws InterruptedException {
    synchronized (thaw) {
      while (!(toServer ? towardsServer : towardsClient)) {
        thaw.wait();
      }
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("test gateway socket did not close", e);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thaw();
    cutAll();
  }
}
