package dev.hawser.proxy.telemetry;

import dev.hawser.trust.spiffe.SpiffeId;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection, as metrics name it; {@code unknown} stands for what is not known, as in
 * Istio.
 *
 * @param version of the workload
 */
public record Party(
    String principal, String workload, String namespace, String cluster, String version) {
  private static final String WORD = "unknown";

  /** Nobody in particular. */
  public static final Party UNKNOWN = new Party(WORD, WORD, WORD, WORD, WORD);

  /** Returns the same in another cluster. */
  public Party in(String other) {
    return new Party(principal, workload, namespace, other, version);
  }

  /** Returns the same in a version that is known. */
  Party version(String known) {
    return new Party(principal, workload, namespace, cluster, known);
  }

  /** Returns the version as Istio's canonical one: a workload that says none is the latest. */
  String revision() {
    return version.equals(WORD) && !workload.equals(WORD) ? "latest" : version;
  }

  /** Returns who has this identity; the cluster is the first label of its trust domain. */
  public static Party of(@Nullable SpiffeId id) {
    if (id == null) {
      return UNKNOWN;
    }
    String trustDomain = id.trustDomain().name();
    int dot = trustDomain.indexOf('.');
    return new Party(
        id.toString(),
        id.serviceAccount().orElse(WORD),
        id.namespace().orElse(WORD),
        dot < 0 ? trustDomain : trustDomain.substring(0, dot),
        WORD);
  }
}
