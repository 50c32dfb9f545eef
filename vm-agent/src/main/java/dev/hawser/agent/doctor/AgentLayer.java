package dev.hawser.agent.doctor;

import dev.hawser.agent.status.AgentStatus;
import java.util.List;
import java.util.Set;

/** Whether this machine has joined, and its agent runs. */
final class AgentLayer {
  static final String START = "systemctl start hawser-agent";
  private static final Set<String> OURS = Set.of("agent", "proxy");

  private AgentLayer() {}

  static List<Check> judge(Facts facts) {
    if (facts.config() instanceof Seen.Unknown<?>(String reason)) {
      String fix =
          reason.startsWith("this machine has not joined")
              ? "run 'hawser vm invite NAME' on the cluster and '"
                  + facts.place().command("join TOKEN")
                  + "' here"
              : reason.contains("may not be read")
                  ? "run this as root, or as the user that owns " + facts.place().dataDir()
                  : "correct " + facts.place().configFile();
      return List.of(Check.fail(Layer.AGENT, reason, fix));
    }
    if (facts.status() instanceof Seen.Unknown<AgentStatus>(String reason)) {
      return List.of(
          Check.fail(
              Layer.AGENT,
              reason,
              reason.startsWith("it does not run")
                  ? "'" + START + "', or '" + facts.place().command("run") + "' by hand"
                  : "see 'journalctl -u hawser-agent', then 'systemctl restart hawser-agent'"));
    }
    return Diagnosed.checks(facts, Layer.AGENT, OURS::contains);
  }
}
