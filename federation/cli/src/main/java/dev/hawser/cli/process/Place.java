package dev.hawser.cli.process;

import dev.hawser.cli.shell.CliException;
import dev.hawser.cli.shell.ExitCode;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A host and a port to listen at.
 *
 * @param host IP literal or name
 * @param port 1-65535
 */
public record Place(String host, int port) {
  private static final int MAX_PORT = 65_535;

  /**
   * Reads {@code host:port}.
   *
   * @param what the option that the text came from, for the message
   */
  public static Place parse(String what, String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    String digits = text.substring(colon + 1);
    boolean number =
        !digits.isEmpty() && digits.length() <= 5 && digits.chars().allMatch(Character::isDigit);
    int port = number ? Integer.parseInt(digits) : 0;
    if (host.isEmpty() || port < 1 || port > MAX_PORT) {
      throw new CliException(
          ExitCode.USAGE,
          what + ": '" + text + "' (expected: host:port, e.g. 127.0.0.1:15443)",
          "");
    }
    return new Place(host, port);
  }

  /** Whether only programs on this machine can reach it. */
  public boolean isLoopback() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new CliException(
          ExitCode.USAGE, "host '" + host + "' is not known here", "give an IP address", e);
    }
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
