package dev.hawser.trust.verify;

/** Why a peer was refused: one rule each, with a sentence that tells an operator what it means. */
public enum Reason {
  NO_CERTIFICATE("The peer sent no certificate."),
  CHAIN_TOO_LONG(
      "The peer sent more certificates than a leaf, its cluster's intermediate and the root."),
  MALFORMED_CERTIFICATE("A certificate of the peer cannot be read."),
  UNKNOWN_CRITICAL_EXTENSION(
      "A certificate has a critical extension that Hawser does not know, so it must be refused."),
  WEAK_ALGORITHM("A certificate has a key or a signature of a kind that Hawser does not accept."),

  NO_SPIFFE_ID("The certificate names no SPIFFE id."),
  SEVERAL_SPIFFE_IDS("The certificate names more than one URI; an identity has exactly one."),
  UNEXPECTED_NAME("The certificate has names beside its SPIFFE id; the mesh issues no such ones."),
  INVALID_SPIFFE_ID("The certificate's URI is not a canonical SPIFFE id."),
  ID_WITHOUT_PATH("The certificate names a whole trust domain, not a workload in it."),
  UNKNOWN_TRUST_DOMAIN(
      "The peer's trust domain is not trusted here: its cluster has not joined, or has left."),
  LEAF_IS_AUTHORITY("The peer presents an authority's certificate as its own."),
  LEAF_KEY_USAGE("The certificate is not for signing handshakes."),
  LEAF_PURPOSE("The certificate is not for this side of a TLS connection."),

  INTERMEDIATE_MISSING("The peer did not send its cluster's intermediate certificate."),
  ISSUED_BY_ROOT(
      "The certificate was signed by a root itself; only a cluster's intermediate may sign."),
  CHAIN_BROKEN("The second certificate is not the one that issued the first."),
  BAD_SIGNATURE("A signature in the chain does not verify: it was forged or altered."),
  UNKNOWN_ROOT("The chain ends in a root that is not in the bundle of the peer's trust domain."),

  ISSUER_NOT_AUTHORITY("The certificate was signed by one that is not an authority's."),
  ISSUER_KEY_USAGE("The issuing certificate is not for signing certificates."),
  ISSUER_PATH_LENGTH(
      "The issuing certificate could make further authorities, or may sign nothing."),
  ISSUER_PURPOSE("The issuing certificate may not sign for this side of a TLS connection."),
  ISSUER_UNCONSTRAINED(
      "The issuing intermediate has no name constraint, so it could mint any cluster's identities."),
  ISSUER_CONSTRAINT_NOT_CRITICAL(
      "The issuing intermediate's name constraint is not critical: other programs may ignore it."),
  ISSUER_CONSTRAINED_ELSEWHERE(
      "The issuing intermediate belongs to another trust domain than the identity that it signed."),
  ISSUER_CONSTRAINT_TOO_WIDE(
      "The issuing intermediate's name constraint permits more than its own trust domain."),
  ISSUER_CONSTRAINT_UNCLEAR(
      "The issuing intermediate's name constraint uses forms that Hawser does not accept."),
  ISSUER_REVOKED(
      "The issuing intermediate is revoked: its cluster needs a new one, its workloads new"
          + " certificates."),

  ROOT_NOT_AUTHORITY("A root in the bundle is not fit to sign intermediates."),
  ROOT_CONSTRAINED("The root's own name constraint does not permit the peer's trust domain."),

  NOT_YET_VALID("A certificate is not valid yet: compare the clocks of both sides."),
  EXPIRED("A certificate has ended: its owner could not renew it in time, or a clock is wrong."),

  UNEXPECTED_PEER("The peer is a member of the mesh, but not the one expected here."),
  PIN_MISMATCH(
      "The server's root is not the one that the token pins: this is not the cluster that invited.");

  private final String sentence;

  Reason(String sentence) {
    this.sentence = sentence;
  }

  /** Returns what it means, as a sentence for an operator. */
  public String sentence() {
    return sentence;
  }
}
