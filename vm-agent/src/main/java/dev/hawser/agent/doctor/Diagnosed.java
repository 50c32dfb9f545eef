package dev.hawser.agent.doctor;

import dev.hawser.agent.status.AgentStatus;
import dev.hawser.agent.status.Diagnosis;
import dev.hawser.agent.status.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What {@code status} says already, by layer: both commands say the same of the same thing. */
final class Diagnosed {
  private Diagnosed() {}

  static List<Check> checks(Facts facts, Layer layer, Predicate<String> subjects) {
    Optional<AgentStatus> status = facts.status().known();
    List<Check> checks = new ArrayList<>();
    if (status.isPresent()) {
      for (Finding finding : Diagnosis.of(status.get(), facts.now())) {
        if (subjects.test(finding.subject())) {
          checks.add(check(layer, finding));
        }
      }
    }
    return List.copyOf(checks);
  }

  /** A warning keeps no call from its way; it is said with its remedy all the same. */
  private static Check check(Layer layer, Finding finding) {
    String seen =
        finding.subject().equals(layer.words())
            ? finding.detail()
            : finding.subject() + ": " + finding.detail();
    Check.Verdict verdict =
        finding.verdict().equals("fail") ? Check.Verdict.FAIL : Check.Verdict.PASS;
    return new Check(layer, verdict, seen, finding.remedy());
  }
}
