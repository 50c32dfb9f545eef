package dev.hawser.api.admin;

import java.time.Instant;
import java.util.List;

/** {@code GET /v1/cluster}: one control plane about itself. */
public record ClusterStatus(
    String cluster,
    String meshDomain,
    String uuid,
    String version,
    Instant started,
    String network,
    long epoch,
    String snapshotVersion,
    String rootHolder,
    Instant intermediateExpires,
    List<RegistryStatus> registries,
    List<GatewayStatus> gateways,
    List<ProxyStatus> proxies) {

  /**
   * One source of services.
   *
   * @param source its name within the cluster, as {@code hawser registry accept} takes it
   * @param state {@code SYNCED}, {@code CONNECTING}, {@code STALE} (last good state served) or
   *     {@code HELD}
   * @param detail what is wrong, as a sentence; empty if nothing is
   * @param rejected items that could not be taken, each with its reason
   */
  public record RegistryStatus(
      String source,
      String kind,
      String state,
      String detail,
      int services,
      int endpoints,
      List<String> rejected,
      Instant updated) {}

  /** A gateway of this cluster. */
  public record GatewayStatus(String id, String address, boolean connected, Instant since) {}

  /**
   * A client of the configuration stream.
   *
   * @param kind {@code sidecar}, {@code gateway}, {@code envoy}, {@code grpc}
   * @param synced whether it acknowledged all that was sent
   * @param nack the last refusal that still stands, with the resource type; empty if none
   */
  public record ProxyStatus(
      String id,
      String identity,
      String address,
      String kind,
      boolean synced,
      String nack,
      Instant since) {}
}
