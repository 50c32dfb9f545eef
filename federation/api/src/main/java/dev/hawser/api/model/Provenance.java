package dev.hawser.api.model;

import java.time.Instant;

/**
 * Where an endpoint was learned and who answers for it.
 *
 * @param registry the kind of registry that reported it
 * @param source the registry's own name within its cluster, e.g. {@code kubernetes}, {@code
 *     consul/dc1}, {@code file}
 * @param cluster the cluster whose control plane owns it
 * @param owner what stands behind it there: a pod, a Consul node, a VM, a file
 * @param since when this control plane first saw it
 */
public record Provenance(
    Registry registry, String source, String cluster, String owner, Instant since) {
  /** The kinds of registry. */
  public enum Registry {
    KUBERNETES,
    CONSUL,
    VM,
    FILE,
    PEER
  }
}
