package dev.hawser.controlplane.enroll;

/** Proves who holds a service-account token, by asking whoever issued it. Blocks. */
public interface ServiceAccountAttestor {
  /** The audience that a token must be for, so that one made for another reader is no use here. */
  String AUDIENCE = "hawser";

  /** Asks about a token. */
  Attestation attest(String token);

  /** What became of the question. */
  sealed interface Attestation {
    /** The token is good and says who its holder is. */
    record Attested(String namespace, String serviceAccount) implements Attestation {}

    /** The token is not good; {@code detail} never quotes it. */
    record Refused(String detail) implements Attestation {}

    /** The issuer cannot be asked now. */
    record Unavailable(String detail) implements Attestation {}
  }

  /** Returns the attestor of a cluster that is not Kubernetes: it refuses every token. */
  static ServiceAccountAttestor none() {
    return _ ->
        new Attestation.Refused(
            "this cluster's control plane is not connected to Kubernetes (expected: a join token)");
  }
}
