package dev.hawser.controlplane.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Objects;

/**
 * Which updates of frequently updated objects matter: kubelets touch nodes and pods all the time.
 */
final class Relevant {
  private Relevant() {}

  static boolean pod(Pod before, Pod after) {
    return !sameLabels(before, after)
        || !Objects.equals(before.getMetadata().getUid(), after.getMetadata().getUid())
        || !Objects.equals(
            before.getSpec().getServiceAccountName(), after.getSpec().getServiceAccountName());
  }

  static boolean node(Node before, Node after) {
    return !sameLabels(before, after);
  }

  static boolean namespace(Namespace before, Namespace after) {
    return !KubernetesView.annotation(before, KubernetesView.EXPORT)
        .equals(KubernetesView.annotation(after, KubernetesView.EXPORT));
  }

  private static boolean sameLabels(HasMetadata before, HasMetadata after) {
    return Objects.equals(before.getMetadata().getLabels(), after.getMetadata().getLabels());
  }
}
