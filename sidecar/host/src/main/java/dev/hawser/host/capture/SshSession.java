package dev.hawser.host.capture;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The SSH session in which a command runs.
 *
 * @param client its end at the person's
 * @param server its end here
 */
public record SshSession(InetSocketAddress client, InetSocketAddress server) {
  private static final String VARIABLE = "SSH_CONNECTION";

  /** More ancestors than a shell in a multiplexer behind sudo has. */
  private static final int GENERATIONS = 32;

  /**
   * Finds it in the environment, or in that of the processes above: sudo(8) leaves it out.
   *
   * @param pid of the command
   */
  static Optional<SshSession> find(Map<String, String> environment, Path proc, long pid)
      throws IOException {
    String own = environment.getOrDefault(VARIABLE, "");
    if (!own.isEmpty()) {
      return Optional.of(parse(own));
    }
    long next = pid;
    for (int i = 0; i < GENERATIONS && next > 1; i++) {
      Path process = proc.resolve(Long.toString(next));
      Optional<String> there = variable(process.resolve("environ"));
      if (there.isPresent()) {
        return Optional.of(parse(there.get()));
      }
      next = parent(process.resolve("status"));
    }
    return Optional.empty();
  }

  /** Reads the client's address and port and the server's, with spaces between (ssh(1)). */
  static SshSession parse(String text) {
    String[] words = text.strip().split(" ", -1);
    try {
      if (words.length == 4) {
        return new SshSession(address(words[0], words[1]), address(words[2], words[3]));
      }
    } catch (IllegalArgumentException _) {
      // Said below, with the whole text.
    }
    throw new IllegalArgumentException(
        VARIABLE + ": '" + text + "' (expected: address port address port)");
  }

  /** Whether its TCP connection belongs to this network namespace. */
  public boolean isHere(Path proc) throws IOException {
    return socket(proc).isPresent();
  }

  /**
   * Whether it lives: its connection stands, and the other end has acknowledged all that was sent.
   * To be asked some time after something was sent, as the words of a command are.
   *
   * @return what is wrong with it; empty if nothing
   */
  public Optional<String> trouble(Path proc) throws IOException {
    Optional<KernelSockets.Socket> socket = socket(proc);
    if (socket.isEmpty() || socket.get().state() != KernelSockets.ESTABLISHED) {
      return Optional.of("the SSH session from " + text(client) + " has ended");
    }
    if (socket.get().unacknowledged() > 0 || socket.get().retransmits() > 0) {
      return Optional.of(
          "the SSH session from "
              + text(client)
              + " does not acknowledge "
              + socket.get().unacknowledged()
              + " octets");
    }
    return Optional.empty();
  }

  private Optional<KernelSockets.Socket> socket(Path proc) throws IOException {
    return new KernelSockets(proc)
        .tcp().stream()
            .filter(socket -> socket.local().equals(server) && socket.remote().equals(client))
            .findFirst();
  }

  private static InetSocketAddress address(String host, String port) {
    int zone = host.indexOf('%');
    return new InetSocketAddress(
        InetAddress.ofLiteral(zone < 0 ? host : host.substring(0, zone)),
        PortRange.parse(port).first());
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + " port " + address.getPort();
  }

  private static Optional<String> variable(Path environ) {
    try {
      String all = Files.readString(environ, StandardCharsets.ISO_8859_1);
      for (String one : all.split("\0", -1)) {
        if (one.startsWith(VARIABLE + "=")) {
          return Optional.of(one.substring(VARIABLE.length() + 1));
        }
      }
      return Optional.empty();
    } catch (IOException _) {
      // It has ended, or is not ours to look at.
      return Optional.empty();
    }
  }

  private static long parent(Path status) throws IOException {
    if (!Files.exists(status)) {
      return 0;
    }
    return HostFacts.field(status, "PPid:").map(Long::parseLong).orElse(0L);
  }
}
