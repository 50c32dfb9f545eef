package dev.hawser.agent.doctor;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Whether the name of a service leads to an address that the proxy knows. */
final class NameLayer {
  private NameLayer() {}

  static List<Check> judge(Facts facts) {
    if (facts.names().listen().isEmpty()) {
      return List.of(off(facts));
    }
    if (!facts.isRunning()) {
      return List.of(Check.skipped(Layer.NAME, "nobody answers while the agent does not run"));
    }
    InetSocketAddress listen = facts.names().listen().get();
    OptionalInt planned = planned(facts);
    if (planned.isPresent() && planned.getAsInt() != listen.getPort()) {
      return List.of(
          Check.fail(
              Layer.NAME,
              "DNS is redirected to port "
                  + planned.getAsInt()
                  + ", but the agent answers at "
                  + LocalProxy.text(listen),
              facts.place().command("capture apply")
                  + ", or correct ports.dns in "
                  + facts.place().configFile()));
    }
    List<Check> checks = new ArrayList<>();
    checks.add(agent(facts, listen));
    if (checks.getFirst().verdict() == Check.Verdict.PASS) {
      checks.add(program(facts));
    }
    return List.copyOf(checks);
  }

  private static OptionalInt planned(Facts facts) {
    return facts.captured().bringsDns()
        ? facts.captured().report().known().orElseThrow().plan().orElseThrow().proxy().dns()
        : OptionalInt.empty();
  }

  private static Check off(Facts facts) {
    String seen = "the agent answers no DNS: ports.dns is 'off'";
    if (facts.captured().bringsDns() || facts.needsCapture()) {
      return Check.fail(
          Layer.NAME,
          seen + ", so no program learns a name of the mesh",
          "remove 'dns: off' under 'ports' in "
              + facts.place().configFile()
              + ", then 'systemctl restart hawser-agent'");
    }
    return Check.skipped(Layer.NAME, seen);
  }

  private static Check agent(Facts facts, InetSocketAddress listen) {
    String at = LocalProxy.text(listen);
    String service = facts.target().map(target -> target.service().toString()).orElse("");
    return switch (facts.names().known()) {
      case Seen.Unknown<DnsAnswer>(String reason) -> Check.skipped(Layer.NAME, reason);
      case Seen.Found<DnsAnswer>(DnsAnswer.Silent(String reason)) ->
          Check.fail(
              Layer.NAME,
              "the agent's DNS at " + at + " does not answer: " + reason,
              "see who holds the port with 'ss -lunp sport = :"
                  + listen.getPort()
                  + "', and 'journalctl -u hawser-agent'; then 'systemctl restart hawser-agent'");
      case Seen.Found<DnsAnswer>(DnsAnswer.NoSuchName _) when !service.isEmpty() ->
          unknown(facts, service);
      case Seen.Found<DnsAnswer>(DnsAnswer.Refused(int code)) ->
          Check.fail(
              Layer.NAME,
              "the agent's DNS at " + at + " answers with error " + code,
              "see 'journalctl -u hawser-agent'");
      case Seen.Found<DnsAnswer>(DnsAnswer answer) ->
          Check.pass(
              Layer.NAME,
              service.isEmpty()
                  ? "the agent answers DNS at " + at
                  : service + " is " + answer.words() + " by the agent's DNS at " + at);
    };
  }

  private static Check unknown(Facts facts, String service) {
    boolean asked =
        facts
            .status()
            .known()
            .map(status -> status.running())
            .map(running -> running.controlPlane())
            .filter(controlPlane -> controlPlane.connected())
            .isPresent();
    return Check.fail(
        Layer.NAME,
        "the mesh has no service "
            + service
            + (asked ? "" : ", as far as is known without the control plane"),
        "correct the name; 'hawser endpoints "
            + service
            + "' on the cluster says what it has; if the service is another cluster's, export it"
            + " there (ServiceExport, or hawser.dev/export: \"true\")");
  }

  private static Check program(Facts facts) {
    Facts.Names names = facts.names();
    return switch (names.asProgram()) {
      case Seen.Unknown<DnsAnswer>(String reason) -> Check.skipped(Layer.NAME, reason);
      case Seen.Found<DnsAnswer>(DnsAnswer said) -> {
        DnsAnswer own = names.direct().known().orElse(said);
        String host = facts.target().map(Target::host).orElse("the mesh");
        yield own.equals(said)
            ? Check.pass(
                Layer.NAME,
                "programs that ask " + names.server() + " for " + host + " are told the same")
            : Check.fail(
                Layer.NAME,
                "a program that asks "
                    + names.server()
                    + " for "
                    + host
                    + " is told "
                    + said.words()
                    + " (expected: "
                    + own.words()
                    + ", as the agent says)",
                facts.place().command("capture restore")
                    + "; 'nft list ruleset' shows who else redirects port 53");
      }
    };
  }
}
