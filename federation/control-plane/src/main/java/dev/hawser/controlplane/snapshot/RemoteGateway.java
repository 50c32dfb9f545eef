package dev.hawser.controlplane.snapshot;

/**
 * A gateway of another cluster.
 *
 * @param address {@code host:port}
 * @param answering false once this cluster's own gateways have probed it in vain; callers then
 *     prefer another one. True while nothing is known.
 */
public record RemoteGateway(String address, boolean answering) {}
