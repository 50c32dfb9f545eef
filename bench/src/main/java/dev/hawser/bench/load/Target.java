package dev.hawser.bench.load;

/**
 * Where a load goes.
 *
 * @param host an IP address
 * @param name what is asked for: the host of the URL, and the server name of TLS
 * @param tls whether the load speaks TLS
 */
public record Target(String host, int port, String name, boolean tls) {
  /** Returns a target without TLS and names. */
  public static Target plain(String host, int port) {
    return new Target(host, port, host, false);
  }
}
