package dev.hawser.controlplane.registry;

import dev.hawser.api.model.Locality;

/**
 * Where this control plane stands: what an endpoint is given when its source does not say.
 *
 * @param cluster the cluster's name, one label
 * @param network what can route to the cluster's endpoints directly
 * @param locality of endpoints whose source names none
 */
public record Site(String cluster, String network, Locality locality) {}
