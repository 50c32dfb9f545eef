package dev.hawser.agent.status;

import dev.hawser.agent.health.Health;
import dev.hawser.agent.lease.LeaseStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Says in words what a status means and what to do about it. Pure. */
public final class Diagnosis {
  private static final Duration SOON = Duration.ofHours(4);

  private final AgentStatus status;
  private final Instant now;
  private final List<Finding> findings = new ArrayList<>();

  private Diagnosis(AgentStatus status, Instant now) {
    this.status = status;
    this.now = now;
  }

  /** Returns what there is to say, the worst not hidden behind the best. */
  public static List<Finding> of(AgentStatus status, Instant now) {
    Diagnosis diagnosis = new Diagnosis(status, now);
    diagnosis.agent();
    diagnosis.certificate();
    AgentStatus.Running running = status.running();
    if (running != null) {
      diagnosis.connection(running);
      diagnosis.lease(running.lease());
      diagnosis.health(running.health());
    }
    return List.copyOf(diagnosis.findings);
  }

  /** Whether nothing failed. */
  public static boolean isHealthy(List<Finding> findings) {
    return findings.stream().noneMatch(finding -> finding.verdict().equals("fail"));
  }

  private void agent() {
    AgentStatus.Running running = status.running();
    if (running == null) {
      findings.add(
          Finding.fail(
              "agent",
              "it does not run; this machine serves nothing to the mesh",
              "start it with 'systemctl start hawser-agent' or 'hawser-agent run'"));
    } else {
      findings.add(
          Finding.pass(
              "agent", "runs as process " + running.pid() + " for " + age(running.started())));
    }
  }

  private void certificate() {
    Instant expires = status.certificateExpires();
    Duration left = Duration.between(now, expires);
    AgentStatus.Running running = status.running();
    String trouble =
        running == null
            ? ""
            : running.identity().trouble().map(t -> "; renewal fails: " + t).orElse("");
    if (left.isNegative()) {
      findings.add(
          Finding.fail(
              "certificate",
              "it ended "
                  + age(expires)
                  + " ago ("
                  + expires
                  + "); nobody trusts this machine"
                  + trouble,
              "run 'hawser vm invite' on the cluster and 'hawser-agent join --force TOKEN' here"));
    } else if (!trouble.isEmpty()) {
      findings.add(
          Finding.warn(
              "certificate",
              "it ends in " + text(left) + " (" + expires + ")" + trouble,
              "restore the way to the control plane before then; a new token is needed after"));
    } else if (left.compareTo(SOON) < 0 && running == null) {
      findings.add(
          Finding.warn(
              "certificate",
              "it ends in " + text(left) + " and is renewed only while the agent runs",
              "start the agent"));
    } else {
      findings.add(Finding.pass("certificate", "ends in " + text(left) + " (" + expires + ")"));
    }
  }

  private void connection(AgentStatus.Running running) {
    AgentStatus.ControlPlane controlPlane = running.controlPlane();
    if (controlPlane != null) {
      controlPlane(controlPlane);
    }
    AgentStatus.ProxyView proxy = running.proxy();
    if (proxy != null) {
      proxy(proxy);
    }
  }

  private void controlPlane(AgentStatus.ControlPlane controlPlane) {
    if (controlPlane.connected()) {
      findings.add(Finding.pass("control plane", "connected to " + controlPlane.address()));
    } else {
      String since =
          controlPlane.silentSeconds() < 0
              ? "not reached since the start"
              : "unreachable for " + text(Duration.ofSeconds(controlPlane.silentSeconds()));
      findings.add(
          Finding.fail(
              "control plane",
              since
                  + " (last tried: "
                  + (controlPlane.address().isEmpty() ? "none" : controlPlane.address())
                  + "); the last good configuration is served",
              "check that it runs and that its port 15012, or a gateway's 15443, is reachable from"
                  + " here"));
    }
    for (String nack : controlPlane.nacks()) {
      findings.add(
          Finding.warn(
              "configuration", "the proxy refused a part: " + nack, "see 'hawser check' there"));
    }
  }

  private void lease(LeaseStatus lease) {
    switch (lease.state()) {
      case NONE ->
          findings.add(Finding.pass("lease", "none: the token brought no services, only calls"));
      case LEFT -> findings.add(Finding.warn("lease", "it was ended; the agent stops", ""));
      case HELD ->
          findings.add(
              Finding.pass("lease", "held for " + age(lease.since()) + " at " + lease.address()));
      case REFUSED ->
          findings.add(Finding.fail("lease", "refused: " + lease.trouble(), lease.hint()));
      case CONNECTING -> {
        String reason = lease.trouble().isEmpty() ? "" : ": " + lease.trouble();
        if (lease.hasRunOut(now)) {
          findings.add(
              Finding.fail(
                  "lease",
                  "there is none for " + age(lease.since()) + reason + "; callers go elsewhere",
                  lease.hint()));
        } else {
          findings.add(
              Finding.warn("lease", "its stream broke, it still lives" + reason, lease.hint()));
        }
      }
    }
  }

  private void health(List<Health> health) {
    for (Health one : health) {
      String subject = "service " + one.service();
      if (one.healthy()) {
        findings.add(Finding.pass(subject, "healthy for " + age(one.since())));
      } else {
        findings.add(
            Finding.fail(
                subject,
                "not healthy for " + age(one.since()) + ": " + one.check() + " " + one.reason(),
                "see the application; callers go elsewhere until the check passes"));
      }
    }
  }

  private void proxy(AgentStatus.ProxyView proxy) {
    if (proxy.draining()) {
      findings.add(Finding.warn("proxy", "draining: the agent is about to end", ""));
    } else if (proxy.ready()) {
      findings.add(Finding.pass("proxy", "ready, " + proxy.connections() + " connections"));
    } else {
      findings.add(
          Finding.fail(
              "proxy",
              "has no configuration yet",
              "it comes with the first connection to the control plane"));
    }
  }

  private String age(Instant since) {
    return text(Duration.between(since, now));
  }

  static String text(Duration length) {
    long seconds = Math.max(0, length.toSeconds());
    if (seconds < 120) {
      return seconds + "s";
    }
    if (seconds < 7200) {
      return seconds / 60 + "m";
    }
    return seconds < 172_800 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
  }
}
