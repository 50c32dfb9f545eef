package dev.hawser.host.identity;

import dev.hawser.api.naming.ClusterName;
import java.nio.file.Path;
import java.util.List;

/** What proves to a control plane who a workload is, once, before it has a certificate. */
public sealed interface Attestation {
  /**
   * A join token in a file, as {@code hawser token issue}, {@code hawser vm invite} or {@code
   * hawser gateway invite} print it. Read when it is needed and not before.
   */
  record TokenFile(Path file) implements Attestation {}

  /** A join token itself; it is held in memory alone. */
  record TokenText(String token) implements Attestation {
    /** Leaves the secret out, so that no log can hold it. */
    @Override
    public String toString() {
      return "TokenText[hidden]";
    }
  }

  /**
   * A projected Kubernetes service-account token. The server is verified against the roots in a
   * file that came with the pod before the token is sent.
   *
   * @param tokenFile read anew for every enrolment, since the kubelet rotates it
   * @param rootsFile PEM certificates, the roots of the cluster's trust domain
   * @param controlPlane {@code host:port}, at least one
   */
  record KubernetesToken(
      Path tokenFile, Path rootsFile, ClusterName cluster, List<String> controlPlane)
      implements Attestation {
    public KubernetesToken {
      controlPlane = List.copyOf(controlPlane);
      if (controlPlane.isEmpty()) {
        throw new IllegalArgumentException(
            "join.controlPlane is empty (expected: at least one host:port)");
      }
    }
  }
}
