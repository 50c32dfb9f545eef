package dev.hawser.controlplane.snapshot;

/**
 * A proxy that is connected, or was within the grace.
 *
 * @param address IP literal where it says that it listens; believed only for an endpoint whose
 *     expected identity is exactly {@code identity}
 * @param identity the SPIFFE id of its certificate
 * @param inboundPort where it takes connections of the mesh, 1-65535
 */
public record Present(String address, String identity, int inboundPort) {}
