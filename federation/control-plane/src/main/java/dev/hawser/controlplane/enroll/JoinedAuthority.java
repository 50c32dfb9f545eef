package dev.hawser.controlplane.enroll;

import dev.hawser.trust.authority.ClusterAuthority;

/**
 * An authority that another member's root has signed.
 *
 * @param authority this cluster's new intermediate with its key; its root is the federation's
 * @param rootHolder the cluster that holds the root's key
 */
public record JoinedAuthority(ClusterAuthority authority, String rootHolder) {}
