package dev.hawser.controlplane.peer;

import java.time.Instant;

/**
 * Takes the results of the probes that this cluster's own gateways make of other clusters'
 * gateways: a request with a deadline over mTLS, so an answer means that a living gateway of that
 * cluster served it.
 *
 * <p>Every method returns at once and may be called from any thread.
 */
public interface GatewayProbes {
  /**
   * A gateway answered just now.
   *
   * @param address {@code host:port}
   * @param at by the reporter's clock; the time of this call is what counts
   */
  void answered(String cluster, String address, Instant at);

  /**
   * A gateway did not answer in time, or answered wrongly, just now.
   *
   * @param address {@code host:port}
   * @param at by the reporter's clock; the time of this call is what counts
   */
  void failed(String cluster, String address, Instant at);

  /** Says how many gateways of this cluster are connected to probe. */
  void probers(int connectedGateways);
}
