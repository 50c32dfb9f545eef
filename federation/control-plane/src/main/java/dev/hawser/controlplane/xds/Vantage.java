package dev.hawser.controlplane.xds;

import dev.hawser.api.model.Locality;

/**
 * Where a client looks from. Endpoints are worked out once per vantage and shared by all clients
 * there, never per proxy.
 *
 * @param locality {@link Locality#UNKNOWN} where the place makes no difference for the service
 */
record Vantage(Locality locality, String network, ProxyKind kind) {}
