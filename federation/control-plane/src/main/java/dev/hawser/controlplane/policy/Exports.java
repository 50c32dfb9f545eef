package dev.hawser.controlplane.policy;

import java.util.List;

/** The fields by which Istio narrows who a policy is for. */
final class Exports {
  private Exports() {}

  /** A policy counts in all of its cluster: {@code exportTo} may say so, and nothing else. */
  static void everywhere(Section spec) {
    List<String> namespaces = spec.texts("exportTo");
    if (!namespaces.isEmpty() && !namespaces.equals(List.of("*"))) {
      spec.problems()
          .unsupported(spec.at("exportTo"), "a policy counts for every namespace; leave it out");
    }
  }
}
