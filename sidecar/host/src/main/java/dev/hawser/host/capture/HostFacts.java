package dev.hawser.host.capture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a plan has to know of the host that it is made for.
 *
 * @param ssh ports where SSH is served, 22 whatever is there
 * @param session the SSH session of the command; empty if it runs in none, or if the connection is
 *     in another network namespace, where nothing here can touch it
 * @param resolvers users of the resolvers that run here, as systemd-resolved or dnsmasq
 * @param listening ports of TCP where somebody listens
 */
public record HostFacts(
    List<PortRange> ssh,
    Optional<SshSession> session,
    List<Long> resolvers,
    Set<Integer> listening) {
  private static final int DNS = 53;
  private static final Set<String> SERVERS = Set.of("sshd", "dropbear");
  private static final Pattern PORT =
      Pattern.compile("\\s*Port[\\s=]+(\\d+)\\s*", Pattern.CASE_INSENSITIVE);

  /**
   * Reads them.
   *
   * @param proc {@code /proc}
   * @param etc {@code /etc}
   * @param pid of the command
   */
  public static HostFacts read(Path proc, Path etc, Map<String, String> environment, long pid)
      throws IOException {
    KernelSockets sockets = new KernelSockets(proc);
    List<KernelSockets.Socket> listeners =
        sockets.tcp().stream().filter(socket -> socket.state() == KernelSockets.LISTEN).toList();
    Optional<SshSession> session = SshSession.find(environment, proc, pid);
    List<PortRange> ssh = new ArrayList<>(configured(etc.resolve("ssh")));
    ssh.add(PortRange.of(CapturePlan.SSH));
    session.ifPresent(one -> ssh.add(PortRange.of(one.server().getPort())));
    for (KernelSockets.Socket listener : listeners) {
      for (long holder : sockets.holders(listener.inode())) {
        if (SERVERS.contains(name(proc, holder))) {
          ssh.add(PortRange.of(listener.local().getPort()));
        }
      }
    }
    Set<Integer> listening = new TreeSet<>();
    listeners.forEach(listener -> listening.add(listener.local().getPort()));
    boolean here = session.isPresent() && session.get().isHere(proc);
    return new HostFacts(
        PortRange.merged(ssh),
        here ? session : Optional.empty(),
        resolvers(proc, sockets),
        Set.copyOf(listening));
  }

  /** Ports of sshd_config(5), in its file and in the folder beside it. */
  private static List<PortRange> configured(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    if (Files.isReadable(folder.resolve("sshd_config"))) {
      files.add(folder.resolve("sshd_config"));
    }
    if (Files.isDirectory(folder.resolve("sshd_config.d"))) {
      try (DirectoryStream<Path> more =
          Files.newDirectoryStream(folder.resolve("sshd_config.d"), "*.conf")) {
        more.forEach(files::add);
      }
    }
    List<PortRange> ports = new ArrayList<>();
    for (Path file : files) {
      for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        Matcher port = PORT.matcher(line);
        if (port.matches()) {
          ports.add(PortRange.parse(port.group(1)));
        }
      }
    }
    return ports;
  }

  /** Who holds UDP port 53; the process's user, since a socket may be made before it changes. */
  private static List<Long> resolvers(Path proc, KernelSockets sockets) throws IOException {
    Set<Long> users = new TreeSet<>();
    for (KernelSockets.Socket socket : sockets.udp()) {
      if (socket.local().getPort() == DNS) {
        Set<Long> holders = sockets.holders(socket.inode());
        if (holders.isEmpty()) {
          users.add(socket.user());
        }
        for (long holder : holders) {
          field(proc.resolve(Long.toString(holder)).resolve("status"), "Uid:")
              .map(HostFacts::effective)
              .ifPresent(users::add);
        }
      }
    }
    return List.copyOf(users);
  }

  /** The second of real, effective, saved and file system's. */
  private static long effective(String users) {
    return Long.parseLong(users.split("\\s+", -1)[1]);
  }

  private static String name(Path proc, long pid) {
    try {
      return Files.readString(proc.resolve(Long.toString(pid)).resolve("comm")).strip();
    } catch (IOException _) {
      // It has ended meanwhile.
      return "";
    }
  }

  static Optional<String> field(Path status, String name) {
    try {
      return Files.readAllLines(status, StandardCharsets.ISO_8859_1).stream()
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(name.length()).strip())
          .findFirst();
    } catch (IOException _) {
      // The process has ended meanwhile.
      return Optional.empty();
    }
  }
}
