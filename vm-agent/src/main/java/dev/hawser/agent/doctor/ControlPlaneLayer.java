package dev.hawser.agent.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Whether the control plane is reached, proves itself, and is heard. */
final class ControlPlaneLayer {
  private static final Set<String> OURS = Set.of("control plane", "configuration", "lease");

  private ControlPlaneLayer() {}

  static List<Check> judge(Facts facts) {
    List<String> addresses = facts.controlPlane().addresses();
    if (addresses.isEmpty()) {
      return List.of(
          Check.fail(
              Layer.CONTROL_PLANE,
              "no address of it is known",
              "set controlPlane in " + facts.place().configFile() + " to its host:15012"));
    }
    List<String> open =
        addresses.stream().filter(one -> Reached.isReached(facts.dialled(), one)).toList();
    if (open.isEmpty()) {
      return List.of(
          Check.fail(
              Layer.CONTROL_PLANE,
              "no connection to "
                  + Reached.words(facts.dialled(), addresses)
                  + "; what is known stays in force, and nothing new is learnt",
              "check that it runs, and that a firewall lets port "
                  + addresses.getFirst().substring(addresses.getFirst().lastIndexOf(':') + 1)
                  + " through: 'nc -vz "
                  + addresses.getFirst().replaceFirst(":(\\d+)$", " $1")
                  + "'; if it moved, set controlPlane in "
                  + facts.place().configFile()));
    }
    List<Check> checks = new ArrayList<>();
    checks.add(Check.pass(Layer.CONTROL_PLANE, String.join(", ", open) + " takes connections"));
    checks.add(handshake(facts));
    checks.addAll(stream(facts));
    return List.copyOf(checks);
  }

  private static Check handshake(Facts facts) {
    if (!IdentityLayer.isWell(facts)) {
      return Check.skipped(Layer.CONTROL_PLANE, "the handshake needs an identity that is in order");
    }
    return switch (facts.controlPlane().trouble()) {
      case Seen.Unknown<String>(String reason) -> Check.skipped(Layer.CONTROL_PLANE, reason);
      case Seen.Found<String>(String trouble) when trouble.isEmpty() ->
          Check.pass(Layer.CONTROL_PLANE, "each side proved itself to the other (TLS)");
      case Seen.Found<String>(String trouble) ->
          Check.fail(
              Layer.CONTROL_PLANE,
              "the handshake came to nothing: " + trouble,
              "check 'timedatectl' here, and 'hawser authority status' on the cluster: a new root"
                  + " needs a new 'join --force TOKEN'");
    };
  }

  private static List<Check> stream(Facts facts) {
    if (!facts.isRunning()) {
      return List.of(
          Check.skipped(Layer.CONTROL_PLANE, "there is no stream while the agent does not run"));
    }
    List<Check> checks = new ArrayList<>();
    for (Check check : Diagnosed.checks(facts, Layer.CONTROL_PLANE, OURS::contains)) {
      boolean connected = check.seen().startsWith("connected to ");
      checks.add(connected ? Check.pass(check.layer(), check.seen() + heard(facts)) : check);
    }
    return checks;
  }

  private static String heard(Facts facts) {
    long seconds =
        facts
            .status()
            .known()
            .map(status -> status.running())
            .map(running -> running.controlPlane())
            .map(controlPlane -> controlPlane.silentSeconds())
            .orElse(-1L);
    return seconds < 0 ? "" : ", last heard " + seconds + " s ago";
  }
}
