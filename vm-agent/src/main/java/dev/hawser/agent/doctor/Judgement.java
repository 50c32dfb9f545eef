package dev.hawser.agent.doctor;

import java.util.ArrayList;
import java.util.List;

/** Says what facts mean for a call, layer by layer. Pure. */
final class Judgement {
  private Judgement() {}

  /** Returns at least one check of each layer, in the order of the way. */
  static List<Check> of(Facts facts) {
    List<Check> checks = new ArrayList<>(AgentLayer.judge(facts));
    if (facts.config().known().isEmpty()) {
      for (Layer layer : Layer.values()) {
        if (layer != Layer.AGENT) {
          checks.add(
              Check.skipped(layer, "without an agent that has joined there is nothing here"));
        }
      }
      return List.copyOf(checks);
    }
    checks.addAll(NameLayer.judge(facts));
    checks.addAll(CaptureLayer.judge(facts));
    checks.addAll(IdentityLayer.judge(facts));
    checks.addAll(ControlPlaneLayer.judge(facts));
    checks.addAll(GatewayLayer.judge(facts));
    checks.addAll(ApplicationLayer.judge(facts));
    return List.copyOf(checks);
  }
}
