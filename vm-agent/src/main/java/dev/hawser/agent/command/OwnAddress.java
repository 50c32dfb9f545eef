package dev.hawser.agent.command;

import dev.hawser.host.identity.HostPort;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds out what this machine is called and from which address it reaches a cluster. */
final class OwnAddress {
  private OwnAddress() {}

  /**
   * Returns the source address that the kernel would use towards the first place that has a route.
   * Sends nothing: a connected datagram socket only asks the routing table.
   */
  static String towards(List<String> places) throws IOException {
    for (String place : places) {
      HostPort target = HostPort.parse(place);
      InetSocketAddress address = new InetSocketAddress(target.host(), target.port());
      if (address.isUnresolved()) {
        continue;
      }
      try (DatagramSocket socket = new DatagramSocket()) {
        socket.connect(address);
        InetAddress local = socket.getLocalAddress();
        if (!local.isAnyLocalAddress()) {
          return local.getHostAddress().replaceFirst("%.*", "");
        }
      } catch (IOException | java.io.UncheckedIOException _) {
        // No route there; the next place may have one.
      }
    }
    throw new AgentException(
        AgentExit.USAGE,
        "the address of this machine cannot be told: no route to " + String.join(", ", places),
        "give it with --address; the token is still unused");
  }

  static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      throw new AgentException(
          AgentExit.USAGE,
          "this machine has no name: " + e.getMessage(),
          "give one with --name",
          e);
    }
  }
}
