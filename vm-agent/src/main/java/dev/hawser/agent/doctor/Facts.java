package dev.hawser.agent.doctor;

import dev.hawser.agent.capture.CaptureReport;
import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.config.UpstreamSpec;
import dev.hawser.agent.status.AgentStatus;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was found on this machine, without a judgement.
 *
 * @param now by this machine's clock
 * @param target empty: no service was given
 * @param status of the agent that runs
 */
record Facts(
    Instant now,
    Place place,
    Optional<Target> target,
    Seen<AgentConfig> config,
    Seen<AgentStatus> status,
    Names names,
    Captured captured,
    Seen<Certificate> certificate,
    ControlPlane controlPlane,
    Seen<List<UpstreamView>> upstreams,
    Map<String, String> dialled,
    Seen<Call> call) {

  /**
   * Where all this is, and who asks.
   *
   * @param dataDir the agent's
   * @param option what commands need to find it; empty if they find it by themselves
   * @param user who runs this, by number
   */
  record Place(Path dataDir, String option, long user) {
    boolean isRoot() {
      return user == 0;
    }

    Path configFile() {
      return dataDir.resolve("agent.yaml");
    }

    /** Returns a command line of {@code hawser-agent} as it has to be typed here. */
    String command(String words) {
      return "hawser-agent " + words + option;
    }
  }

  /**
   * How names are answered.
   *
   * @param listen where the agent answers DNS; empty: it does not
   * @param known what the agent says of a name that only the mesh has
   * @param direct what the agent says of the name as it was given
   * @param server the first of resolv.conf
   * @param asProgram what a program is told when it asks that server
   */
  record Names(
      Optional<InetSocketAddress> listen,
      Seen<DnsAnswer> known,
      Seen<DnsAnswer> direct,
      String server,
      Seen<DnsAnswer> asProgram) {}

  /**
   * What the packet filter does.
   *
   * @param listening ports of TCP where somebody listens
   */
  record Captured(Seen<CaptureReport> report, Set<Integer> listening) {
    /** Whether what programs ask of DNS comes to the agent. */
    boolean bringsDns() {
      return report
          .known()
          .filter(known -> known.kind() != CaptureReport.Kind.MISSING)
          .filter(known -> !known.installed().listing().isEmpty())
          .flatMap(CaptureReport::plan)
          .filter(plan -> plan.proxy().dns().isPresent())
          .isPresent();
    }
  }

  /**
   * The certificate on disk, and its key's file.
   *
   * @param mode of the key, as {@code rw-------}
   */
  record Certificate(Path key, String mode, Instant notBefore, Instant notAfter) {
    boolean isPrivate() {
      return mode.endsWith("------");
    }
  }

  /**
   * The way to it.
   *
   * @param addresses all that are known
   * @param trouble of a handshake in which each side proves itself; empty if it was done
   */
  record ControlPlane(List<String> addresses, Seen<String> trouble) {}

  /**
   * A call through the local proxy.
   *
   * @param how what was done
   * @param came what came of it
   */
  record Call(String how, boolean arrived, String came) {}

  /** Whether an agent runs and answers. */
  boolean isRunning() {
    return status.known().map(AgentStatus::running).isPresent();
  }

  /** Returns the local port by which programs reach the target without capture. */
  Optional<UpstreamSpec> explicit() {
    return config
        .known()
        .flatMap(known ->
            known.upstreams().stream()
                .filter(one ->
                    target.isPresent() && target.get().isMetBy(one.service() + ":" + one.port()))
                .findFirst());
  }

  /** Whether the call that is looked at depends on capture. */
  boolean needsCapture() {
    return target.isPresent() && explicit().isEmpty();
  }
}
