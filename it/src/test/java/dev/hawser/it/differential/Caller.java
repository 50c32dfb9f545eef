package dev.hawser.it.differential;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client of HTTP/1.1 that sends a request as it is told to. For one thread. */
final class Caller implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;

  private final InetSocketAddress proxy;
  private @Nullable Socket socket;
  private @Nullable BufferedInputStream in;

  Caller(InetSocketAddress proxy) {
    this.proxy = proxy;
  }

  /** Sends a request, on the connection of the one before if it stands. */
  Message call(Request request) throws IOException {
    boolean fresh = socket == null;
    try {
      return exchange(request);
    } catch (IOException e) {
      close();
      if (fresh) {
        throw new IOException(request.target() + " at " + proxy + ": " + e, e);
      }
      // The other side may have closed in the moment in which this one wrote.
      return exchange(request);
    }
  }

  private Message exchange(Request request) throws IOException {
    if (socket == null || in == null) {
      socket = new Socket();
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      socket.connect(proxy, TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream());
    }
    socket.getOutputStream().write(request.wire().getBytes(StandardCharsets.ISO_8859_1));
    Message response = Message.response(in, request.method().equals("HEAD"));
    if (response.isLast()) {
      close();
    }
    return response;
  }

  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
    }
    socket = null;
    in = null;
  }
}
