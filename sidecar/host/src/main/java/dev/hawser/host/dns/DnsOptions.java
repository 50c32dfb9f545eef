package dev.hawser.host.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How the DNS listener behaves.
 *
 * @param listen UDP and TCP; port 0 takes a free one
 * @param namespace that a bare name is looked up in
 * @param consulNamespace that {@code X.service.consul} means
 * @param upstreams resolvers for all other names, in order; may be empty: then such names are
 *     refused
 * @param timeout for one upstream; then the next one is asked
 * @param ttl that mesh answers may be cached for by the asker
 */
public record DnsOptions(
    InetSocketAddress listen,
    String namespace,
    String consulNamespace,
    List<InetSocketAddress> upstreams,
    Duration timeout,
    Duration ttl) {
  private static final int DNS_PORT = 53;

  public DnsOptions {
    upstreams = upstreams.stream().filter(upstream -> !upstream.equals(listen)).toList();
  }

  /** Returns options with the host's own resolvers, 2 s for each, and mesh answers of 5 s. */
  public static DnsOptions usual(InetSocketAddress listen, String namespace) throws IOException {
    return new DnsOptions(
        listen,
        namespace,
        "default",
        resolvers(Path.of("/etc/resolv.conf")),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5));
  }

  /** Reads the {@code nameserver} lines of a resolver configuration; none if there is no file. */
  static List<InetSocketAddress> resolvers(Path file) throws IOException {
    List<InetSocketAddress> found = new ArrayList<>();
    if (!Files.isReadable(file)) {
      return found;
    }
    for (String line : Files.readAllLines(file)) {
      String[] words = line.strip().split("\\s+", 3);
      if (words.length >= 2 && words[0].equals("nameserver")) {
        found.add(new InetSocketAddress(literal(words[1]), DNS_PORT));
      }
    }
    return found;
  }

  private static InetAddress literal(String text) throws IOException {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new UnknownHostException(
          "nameserver: '" + text + "' in resolv.conf (expected: an IP address)");
    }
  }
}
