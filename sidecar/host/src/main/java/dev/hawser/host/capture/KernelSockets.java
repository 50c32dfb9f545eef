package dev.hawser.host.capture;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The sockets of this network namespace, as proc(5) shows them. */
final class KernelSockets {
  /** Of {@code include/net/tcp_states.h}. */
  static final int ESTABLISHED = 1;

  static final int LISTEN = 10;

  private static final int FIELDS = 10;

  private final Path proc;

  KernelSockets(Path proc) {
    this.proc = proc;
  }

  /**
   * One socket.
   *
   * @param state of TCP
   * @param unacknowledged octets that were sent, or wait to be, and that the peer has not
   *     acknowledged
   * @param retransmits of the first of them
   * @param user who made it
   */
  record Socket(
      InetSocketAddress local,
      InetSocketAddress remote,
      int state,
      long unacknowledged,
      long retransmits,
      long user,
      long inode) {}

  /** Returns those of TCP, over IPv4 and IPv6. */
  List<Socket> tcp() throws IOException {
    return read("tcp", "tcp6");
  }

  /** Returns those of UDP, over IPv4 and IPv6. */
  List<Socket> udp() throws IOException {
    return read("udp", "udp6");
  }

  private List<Socket> read(String... tables) throws IOException {
    List<Socket> sockets = new ArrayList<>();
    for (String table : tables) {
      Path file = proc.resolve("net").resolve(table);
      // A host may be without IPv6.
      if (Files.exists(file)) {
        try (Stream<String> lines = Files.lines(file)) {
          lines.skip(1).map(KernelSockets::socket).forEach(sockets::add);
        }
      }
    }
    return sockets;
  }

  /** Returns the processes that hold a socket and that we may look at. */
  Set<Long> holders(long inode) throws IOException {
    Set<Long> holders = new TreeSet<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process, "socket:[" + inode + "]")) {
          holders.add(Long.parseLong(process.getFileName().toString()));
        }
      }
    }
    return holders;
  }

  private static boolean holds(Path process, String socket) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (Files.readSymbolicLink(descriptor).toString().equals(socket)) {
          return true;
        }
      }
      return false;
    } catch (IOException | java.nio.file.DirectoryIteratorException _) {
      // It has ended, or is not ours to look at.
      return false;
    }
  }

  private static Socket socket(String line) {
    String[] fields = line.strip().split("\\s+", FIELDS + 1);
    String[] queues = fields[4].split(":", 2);
    return new Socket(
        address(fields[1]),
        address(fields[2]),
        Integer.parseInt(fields[3], 16),
        Long.parseLong(queues[0], 16),
        Long.parseLong(fields[6], 16),
        Long.parseLong(fields[7]),
        Long.parseLong(fields[9]));
  }

  /** The address is in words of 32 bits of the host's own order, the port in none. */
  private static InetSocketAddress address(String text) {
    int colon = text.indexOf(':');
    byte[] octets = HexFormat.of().parseHex(text.substring(0, colon));
    ByteBuffer words = ByteBuffer.allocate(octets.length);
    ByteBuffer kernel = ByteBuffer.wrap(octets).order(ByteOrder.BIG_ENDIAN);
    words.order(ByteOrder.nativeOrder());
    while (kernel.hasRemaining()) {
      words.putInt(kernel.getInt());
    }
    try {
      // An IPv4 address in the form of IPv6 becomes an IPv4 address.
      return new InetSocketAddress(
          InetAddress.getByAddress(words.array()), Integer.parseInt(text.substring(colon + 1), 16));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of the kernel has no length of one", e);
    }
  }
}
