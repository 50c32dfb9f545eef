package dev.hawser.proxy.inbound;

/** Reads what a server name says about the port, whatever the cluster. */
final class ServerNames {
  private ServerNames() {}

  /** Returns the service's port of {@code [s3.]p8080.orders.shop...}, or 0. */
  static int port(String serverName) {
    String name = serverName;
    if (name.startsWith("s")) {
      name = name.substring(name.indexOf('.') + 1);
    }
    int dot = name.indexOf('.');
    if (dot < 2 || name.charAt(0) != 'p') {
      return 0;
    }
    try {
      return Integer.parseInt(name.substring(1, dot));
    } catch (NumberFormatException _) {
      return 0;
    }
  }
}
