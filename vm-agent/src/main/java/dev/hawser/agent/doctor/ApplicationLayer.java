package dev.hawser.agent.doctor;

import dev.hawser.agent.health.Health;
import dev.hawser.agent.status.AgentStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a call comes through, and whether what this machine serves is there. */
final class ApplicationLayer {
  private static final Pattern PORT = Pattern.compile(".*://[^/]*:(\\d{1,5})(/.*)?");

  private ApplicationLayer() {}

  static List<Check> judge(Facts facts) {
    List<Check> checks = new ArrayList<>();
    checks.add(call(facts));
    if (facts.status().known().isPresent()) {
      AgentStatus.Running running = facts.status().known().get().running();
      if (running != null) {
        running.health().forEach(health -> checks.add(served(facts, health)));
      }
    }
    return List.copyOf(checks);
  }

  private static Check call(Facts facts) {
    return switch (facts.call()) {
      case Seen.Unknown<Facts.Call>(String reason) -> Check.skipped(Layer.APPLICATION, reason);
      case Seen.Found<Facts.Call>(Facts.Call call) when call.arrived() ->
          Check.pass(Layer.APPLICATION, call.how() + ": " + call.came());
      case Seen.Found<Facts.Call>(Facts.Call call) ->
          Check.fail(
              Layer.APPLICATION,
              call.how() + ": " + call.came(),
              "mend what failed above first; if nothing did, see the application of "
                  + facts.target().map(Target::toString).orElse("the service")
                  + " and who may call it ('hawser check' on the cluster)");
    };
  }

  private static Check served(Facts facts, Health health) {
    if (health.healthy()) {
      return Check.pass(
          Layer.APPLICATION, health.service() + " of this machine passes " + health.check());
    }
    Matcher port = PORT.matcher(health.check());
    boolean absent =
        port.matches() && !facts.captured().listening().contains(Integer.parseInt(port.group(1)));
    return Check.fail(
        Layer.APPLICATION,
        health.service()
            + " of this machine fails "
            + health.check()
            + ": "
            + (absent ? "nobody listens at port " + port.group(1) : health.reason())
            + "; callers go elsewhere",
        (absent
                ? "start the application so that it listens at port " + port.group(1)
                : "see the application's log")
            + ", or correct health of "
            + health.service()
            + " in "
            + facts.place().configFile());
  }
}
