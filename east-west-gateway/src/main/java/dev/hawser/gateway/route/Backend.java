package dev.hawser.gateway.route;

import java.net.InetSocketAddress;
import java.util.OptionalInt;

/**
 * Somewhere that a connection can go.
 *
 * @param slot the slot's number, empty for the control plane
 * @param generation of the slot; a higher one is another workload
 * @param workload what stands behind it, for the log
 * @param healthy whether it is chosen for the service-level name; its slot is reachable anyway
 */
public record Backend(
    InetSocketAddress address,
    OptionalInt slot,
    long generation,
    String workload,
    boolean healthy) {

  /** Returns {@code host:port}, for logs. */
  public String hostPort() {
    return address.getHostString() + ":" + address.getPort();
  }

  /** Whether a connection to this may go on when the table has that instead. */
  boolean isSame(Backend other) {
    return address.equals(other.address)
        && slot.equals(other.slot)
        && generation == other.generation;
  }
}
