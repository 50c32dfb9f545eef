package dev.hawser.controlplane.enroll;

import java.util.List;

/**
 * The stored form of the cluster's authority: one document, so that a change of root, key and
 * holder is one step.
 *
 * @param keyPem of the intermediate
 * @param chainPem intermediate, then root
 * @param rootHolder the cluster that holds the root's key
 * @param sequence of the own bundle; grows with every change
 * @param retired roots that this cluster's identities chained to before, newest first
 */
record AuthorityRecord(
    String keyPem, String chainPem, String rootHolder, long sequence, List<Retired> retired) {

  /**
   * A root that is on its way out.
   *
   * @param rootPem stays in the own bundle until then
   * @param keyPem and {@code chainPem}: the control plane's own identity under it, shown to clients
   *     that know no other root
   * @param untilMillis since the epoch
   */
  record Retired(String rootPem, String keyPem, String chainPem, long untilMillis) {}

  /** The root's private key, on its holder alone. */
  record RootRecord(String certificatePem, String keyPem) {}

  /** What must never change in a cluster's life, and what it is known by. */
  record ClusterRecord(String uuid, String cluster, String meshDomain) {}

  /** Another trust domain's roots. */
  record BundleRecord(String rootsPem, long sequence) {}

  /** Serial numbers of revoked intermediates, hexadecimal. */
  record RevokedRecord(List<String> serials) {}
}
