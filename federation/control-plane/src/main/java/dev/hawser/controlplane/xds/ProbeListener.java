package dev.hawser.controlplane.xds;

import java.time.Instant;

/**
 * Hears what this cluster's gateways found when they probed those of other clusters. Called on
 * gRPC's threads, for one gateway's reports in order; must not block.
 */
public interface ProbeListener {
  /**
   * A gateway of another cluster answered.
   *
   * @param cluster its name
   * @param address {@code host:port} as the snapshot has it
   */
  void answered(String cluster, String address, Instant at);

  /** A gateway of another cluster did not answer in time, or not as itself. */
  void failed(String cluster, String address, Instant at);
}
