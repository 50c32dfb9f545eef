package dev.hawser.agent.status;

import dev.hawser.trust.svid.PrivateFiles;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How commands on this machine ask the running agent: a Unix socket, 0600 in a directory 0700. A
 * request is one line with a word, the answer is text up to the end.
 */
public final class StatusSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatusSocket.class);
  private static final int MAX_PATH = 107;
  private static final int MAX_REQUEST = 64;

  private final Path path;
  private final ServerSocketChannel listener;
  private final Map<String, Supplier<String>> answers;

  private StatusSocket(
      Path path, ServerSocketChannel listener, Map<String, Supplier<String>> answers) {
    this.path = path;
    this.listener = listener;
    this.answers = answers;
  }

  /**
   * Begins to answer.
   *
   * @param answers by word
   * @throws IOException if another agent answers there already, or the socket cannot be made
   */
  public static StatusSocket start(Path path, Map<String, Supplier<String>> answers)
      throws IOException {
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_PATH) {
      throw new IOException(
          "the socket's path has "
              + length
              + " octets (expected: at most "
              + MAX_PATH
              + "; choose a shorter data directory): "
              + path);
    }
    PrivateFiles.createDirectory(path.toAbsolutePath().resolveSibling(""));
    Files.deleteIfExists(path);
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listener.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    StatusSocket socket = new StatusSocket(path, listener, answers);
    Thread.ofVirtual().name("hawser-status").start(socket::serve);
    return socket;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    Files.deleteIfExists(path);
  }

  private void serve() {
    while (listener.isOpen()) {
      try {
        SocketChannel client = listener.accept();
        Thread.ofVirtual().start(() -> answer(client));
      } catch (ClosedChannelException _) {
        return;
      } catch (IOException e) {
        LOG.warn("A status request could not be accepted.", e);
      }
    }
  }

  private void answer(SocketChannel client) {
    try (client) {
      ByteBuffer request = ByteBuffer.allocate(MAX_REQUEST);
      while (request.hasRemaining() && !endsLine(request) && client.read(request) >= 0) {
        LOG.trace("Reading a request. octets={}", request.position());
      }
      String word =
          new String(request.array(), 0, request.position(), StandardCharsets.UTF_8).strip();
      Supplier<String> answer = answers.get(word);
      String text = answer == null ? "unknown request" : answer.get();
      Channels.newOutputStream(client).write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      LOG.debug("A status request broke. reason={}", e.getMessage());
    }
  }

  private static boolean endsLine(ByteBuffer request) {
    return request.position() > 0 && request.get(request.position() - 1) == '\n';
  }
}
