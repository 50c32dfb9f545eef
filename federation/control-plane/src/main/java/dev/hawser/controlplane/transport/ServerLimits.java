package dev.hawser.controlplane.transport;

import java.time.Duration;

/**
 * What the gRPC port lets an outsider use.
 *
 * @param connections open at once
 * @param connectionsPerSource open at once from one IP address
 * @param callsPerConnection open at once on one connection
 * @param messageBytes of one inbound message
 * @param metadataBytes of one call's headers
 * @param handshake from accept to the end of the TLS handshake
 * @param idle how long a connection without a call stays
 */
public record ServerLimits(
    int connections,
    int connectionsPerSource,
    int callsPerConnection,
    int messageBytes,
    int metadataBytes,
    Duration handshake,
    Duration idle) {
  /** Fits a cluster of some thousand proxies. */
  public static final ServerLimits DEFAULT =
      new ServerLimits(
          16_384,
          1024,
          100,
          4 * 1024 * 1024,
          16 * 1024,
          Duration.ofSeconds(10),
          Duration.ofMinutes(5));
}
