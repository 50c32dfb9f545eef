package dev.hawser.controlplane.enroll;

import java.util.List;
import org.jspecify.annotations.Nullable;

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

  AuthorityRecord heldBy(String cluster) {
    return new AuthorityRecord(keyPem, chainPem, cluster, sequence, retired);
  }

  /** Other roots are another bundle, so its sequence grows. */
  AuthorityRecord withRetired(List<Retired> left) {
    return new AuthorityRecord(keyPem, chainPem, rootHolder, sequence + 1, left);
  }

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

  /**
   * What is no longer believed.
   *
   * @param serials of intermediates, hexadecimal; also those that no list of the present root names
   * @param listPem the root's signed list, newest; absent before the first
   */
  record RevokedRecord(List<String> serials, @Nullable String listPem) {}

  /** The intermediates that can still be alive, newest first. */
  record BookRecord(List<Entry> entries) {
    /** One of them. */
    record Entry(
        String trustDomain,
        String serial,
        String fingerprint,
        long signedMillis,
        long untilMillis) {}
  }
}
