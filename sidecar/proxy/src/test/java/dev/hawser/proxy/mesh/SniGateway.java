package dev.hawser.proxy.mesh;

import dev.hawser.engine.hello.ClientHelloParser;
import dev.hawser.engine.hello.Detection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands where a gateway stands: reads the server name of a TLS connection and joins its bytes with
 * those of whoever has that name. What names nobody is closed.
 */
final class SniGateway implements AutoCloseable {
  private final ServerSocket server;
  private final Map<String, Integer> ports = new ConcurrentHashMap<>();
  final List<String> serverNames = new CopyOnWriteArrayList<>();

  private SniGateway() throws IOException {
    server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
  }

  static SniGateway start() throws IOException {
    SniGateway gateway = new SniGateway();
    Thread.ofVirtual().start(gateway::accept);
    return gateway;
  }

  int port() {
    return server.getLocalPort();
  }

  /** Leads a name to a port of this machine. */
  void route(String serverName, int port) {
    ports.put(serverName, port);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> splice(socket));
      } catch (IOException _) {
        return; // closed
      }
    }
  }

  private void splice(Socket socket) {
    ByteBuf hello = Unpooled.buffer();
    try (socket) {
      String name = serverName(socket.getInputStream(), hello);
      serverNames.add(name);
      Integer port = ports.get(name);
      if (port == null) {
        return;
      }
      try (Socket onward = new Socket(InetAddress.getLoopbackAddress(), port)) {
        hello.readBytes(onward.getOutputStream(), hello.readableBytes());
        Thread back = Thread.ofVirtual().start(() -> copy(onward, socket));
        copy(socket, onward);
        back.join();
      }
    } catch (IOException _) {
      // one of the two broke off
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static String serverName(InputStream in, ByteBuf hello) throws IOException {
    ClientHelloParser parser = new ClientHelloParser();
    while (true) {
      if (hello.writeBytes(in, 4096) < 0) {
        return "nothing";
      }
      switch (parser.detect(hello)) {
        case Detection.Incomplete _ -> {
          // the rest is under way
        }
        case Detection.Sni(String name, List<String> _) -> {
          return name;
        }
        case Detection other -> {
          return other.toString();
        }
      }
    }
  }

  /** Copies until either has ended, and then ends both. */
  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      OutputStream out = to.getOutputStream();
      from.getInputStream().transferTo(out);
    } catch (IOException _) {
      // the other direction has ended
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
