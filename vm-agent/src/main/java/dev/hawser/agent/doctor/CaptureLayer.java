package dev.hawser.agent.doctor;

import dev.hawser.agent.capture.CaptureReport;
import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.config.Ports;
import dev.hawser.proxy.config.ProxyConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether the kernel brings what programs open to the proxy, and the proxy takes it. */
final class CaptureLayer {
  private CaptureLayer() {}

  static List<Check> judge(Facts facts) {
    List<Check> checks = new ArrayList<>();
    checks.add(rules(facts));
    AgentConfig config = facts.config().known().orElseThrow();
    if (config.noProxy()) {
      checks.add(Check.skipped(Layer.CAPTURE, "noProxy: another proxy than the agent's listens"));
    } else if (facts.isRunning()) {
      checks.addAll(ports(facts, config.ports()));
    } else {
      checks.add(Check.skipped(Layer.CAPTURE, "nobody listens while the agent does not run"));
    }
    return List.copyOf(checks);
  }

  private static Check rules(Facts facts) {
    if (!facts.place().isRoot()) {
      return Check.skipped(
          Layer.CAPTURE,
          "only root may read the rules of the packet filter",
          "sudo " + facts.place().command("doctor"));
    }
    return switch (facts.captured().report()) {
      case Seen.Unknown<CaptureReport>(String reason) ->
          facts.needsCapture()
              ? Check.fail(
                  Layer.CAPTURE, reason, "see '" + facts.place().command("capture status") + "'")
              : Check.skipped(Layer.CAPTURE, reason);
      case Seen.Found<CaptureReport>(CaptureReport report) -> rules(facts, report);
    };
  }

  private static Check rules(Facts facts, CaptureReport report) {
    if (report.kind() == CaptureReport.Kind.NONE) {
      return none(facts, "nothing is captured");
    }
    String differences =
        report.differences().isEmpty()
            ? ""
            : " ("
                + report.differences().stream().limit(3).reduce((a, b) -> a + "; " + b).get()
                + ")";
    String seen = "rules: " + report.said() + differences;
    String command = first(report.next());
    String fix = command.isEmpty() ? "" : facts.place().command("capture " + command);
    return new Check(
        Layer.CAPTURE, report.kind().isWell() ? Check.Verdict.PASS : Check.Verdict.FAIL, seen, fix);
  }

  /** Nothing is wrong with a machine that captures nothing, unless the call depends on it. */
  private static Check none(Facts facts, String seen) {
    if (facts.needsCapture()) {
      return Check.fail(
          Layer.CAPTURE,
          seen + ", so a program's call to " + facts.target().get() + " goes past the proxy",
          facts.place().command("capture apply"));
    }
    return Check.skipped(
        Layer.CAPTURE,
        facts
            .explicit()
            .map(one -> seen + "; programs reach the service at " + one.listen())
            .orElse(seen + "; programs here reach the mesh only by local ports and by Host"));
  }

  /** The first of the ways that {@code capture status} offers. */
  private static String first(String next) {
    int comma = next.indexOf(',');
    return comma < 0 ? next : next.substring(0, comma);
  }

  private static List<Check> ports(Facts facts, Ports configured) {
    Optional<CaptureReport> report =
        facts.captured().report().known().filter(known -> !known.installed().listing().isEmpty());
    int outbound = or(configured.outbound(), ProxyConfig.Listen.OUTBOUND);
    int inbound = or(configured.inbound(), ProxyConfig.Listen.INBOUND);
    List<Check> checks = new ArrayList<>();
    checks.add(
        port(
            facts,
            "outbound",
            report.flatMap(CaptureReport::plan).map(plan -> plan.proxy().outbound()),
            outbound,
            "what programs open is refused"));
    checks.add(
        port(
            facts,
            "inbound",
            report.flatMap(CaptureReport::plan).map(plan -> plan.proxy().inbound()),
            inbound,
            "what comes for applications is refused"));
    return checks;
  }

  private static Check port(
      Facts facts, String field, Optional<Integer> planned, int configured, String consequence) {
    int port = planned.orElse(configured);
    if (facts.captured().listening().contains(port)) {
      return Check.pass(Layer.CAPTURE, "somebody listens at port " + port + " (" + field + ")");
    }
    String seen =
        (planned.isPresent() ? "connections are redirected to port " + port + ", but " : "")
            + "nobody listens at port "
            + port
            + ": "
            + consequence;
    String fix =
        port == configured
            ? "see why in 'journalctl -u hawser-agent', then 'systemctl restart hawser-agent'"
            : "set ports."
                + field
                + " in "
                + facts.place().configFile()
                + " to "
                + port
                + " (it is "
                + configured
                + ") and restart the agent, or '"
                + facts.place().command("capture apply")
                + "'";
    return Check.fail(Layer.CAPTURE, seen, fix);
  }

  private static int or(int port, int usual) {
    return port == 0 ? usual : port;
  }
}
