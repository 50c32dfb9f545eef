package dev.hawser.agent.command;

import dev.hawser.host.capture.CapturePlan;
import dev.hawser.host.capture.HostFacts;
import java.util.ArrayList;
import java.util.List;

/** What a person should know before a plan is applied, though it is no reason not to. Pure. */
final class CaptureWarnings {
  private CaptureWarnings() {}

  static List<String> of(CapturePlan plan, HostFacts facts) {
    List<String> warnings = new ArrayList<>();
    if (plan.own().users().contains(0L)) {
      warnings.add("root's traffic is not captured, since root is the proxy's user or excluded");
    }
    if (plan.proxy().dns().isPresent() && plan.resolvers().contains(0L)) {
      warnings.add("root's DNS is not captured, since a resolver on this machine runs as root");
    }
    nobody(warnings, facts, plan.proxy().outbound(), "what applications open is refused");
    nobody(warnings, facts, plan.proxy().inbound(), "what comes for applications is refused");
    if (plan.proxy().dns().isPresent()) {
      nobody(warnings, facts, plan.proxy().dns().getAsInt(), "names are not resolved");
    }
    return warnings;
  }

  private static void nobody(List<String> warnings, HostFacts facts, int port, String consequence) {
    if (!facts.listening().contains(port)) {
      warnings.add("nobody listens at port " + port + " now; until somebody does, " + consequence);
    }
  }
}
