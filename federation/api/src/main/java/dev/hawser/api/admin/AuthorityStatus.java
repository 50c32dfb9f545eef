package dev.hawser.api.admin;

import java.time.Instant;
import java.util.List;

/**
 * Who signs this cluster's identities, and under what.
 *
 * @param trustDomain of the cluster
 * @param rootHolder the cluster that holds the root's key
 * @param root what every member of the federation chains to
 * @param intermediate what this cluster signs with now
 * @param others further intermediates under the root that have not ended, newest first: this
 *     cluster's earlier ones, and on the root's holder those of every member
 */
public record AuthorityStatus(
    String cluster,
    String trustDomain,
    String rootHolder,
    Certificate root,
    Certificate intermediate,
    List<Certificate> others) {

  /**
   * One certificate of an authority.
   *
   * @param trustDomain whose identities it signs; empty for the root
   * @param serial lower-case hexadecimal
   * @param fingerprint SHA-256 of the DER, lower-case hexadecimal
   * @param from the beginning of its life, some minutes before or when it was signed
   * @param until when it ends
   * @param state CURRENT, VALID or REVOKED
   * @param ageSeconds since {@code from}
   */
  public record Certificate(
      String trustDomain,
      String serial,
      String fingerprint,
      Instant from,
      Instant until,
      String state,
      long ageSeconds) {}
}
