package dev.hawser.agent.doctor;

import dev.hawser.agent.capture.CaptureReport;
import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.config.Ports;
import dev.hawser.agent.config.UpstreamSpec;
import dev.hawser.agent.health.Health;
import dev.hawser.agent.lease.LeaseStatus;
import dev.hawser.agent.status.AgentStatus;
import dev.hawser.host.capture.CapturePlan;
import dev.hawser.host.capture.Installed;
import dev.hawser.host.identity.IdentityStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** A machine on which all is well; a test makes one thing of it worse. */
final class WellFacts {
  static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  static final String ORDERS = "10.7.0.20:15006";
  static final String CONTROL_PLANE = "10.7.0.2:15012";
  static final CapturePlan PLAN =
      new CapturePlan(
          new CapturePlan.Proxy(15001, 15006, OptionalInt.of(15053), List.of()),
          new CapturePlan.Own(List.of(1337L), List.of(), 0x3a99),
          List.of(),
          List.of(),
          new CapturePlan.Traffic(List.of(), List.of()),
          new CapturePlan.Destinations(List.of(), List.of()),
          new CapturePlan.Traffic(List.of(), List.of()),
          true);
  private static final Seen<DnsAnswer> ADDRESS =
      Seen.found(new DnsAnswer.Addresses(List.of("10.96.0.10")));

  Facts.Place place = new Facts.Place(Path.of("/var/lib/hawser-agent"), "", 0);
  Optional<Target> target = Optional.of(Target.parse("orders.shop:8080"));
  Seen<AgentConfig> config = Seen.found(config(Ports.usual(), List.of()));
  Seen<AgentStatus> status = Seen.found(status(true, true, ""));
  Optional<InetSocketAddress> dns =
      Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 15053));
  Seen<DnsAnswer> known = ADDRESS;
  Seen<DnsAnswer> asProgram = ADDRESS;
  Seen<CaptureReport> report = Seen.found(report(CaptureReport.Kind.CONFIRMED, List.of()));
  Set<Integer> listening = Set.of(15001, 15006, 15053, 8080);
  Seen<Facts.Certificate> certificate =
      certificate("rw-------", NOW.minusSeconds(60), NOW.plus(Duration.ofHours(20)));
  List<String> controlPlane = List.of(CONTROL_PLANE);
  Seen<String> handshake = Seen.found("");
  Seen<List<UpstreamView>> upstreams =
      Seen.found(
          List.of(
              new UpstreamView(
                  "orders.shop:8080",
                  "HTTP2",
                  List.of(new UpstreamView.Place(ORDERS, "east", "serving")))));
  Map<String, String> dialled = Map.of(ORDERS, "", CONTROL_PLANE, "");
  Seen<Facts.Call> call =
      Seen.found(new Facts.Call("GET / of orders.shop:8080", true, "status 200"));

  static AgentConfig config(Ports ports, List<UpstreamSpec> upstreams) {
    return new AgentConfig(
        "vm-1",
        "10.5.0.1",
        "127.0.0.1",
        "",
        List.of(),
        upstreams,
        List.of(),
        "",
        "off",
        ports,
        "",
        "ALLOW_ANY",
        false);
  }

  static AgentStatus status(boolean connected, boolean healthy, String reason) {
    return new AgentStatus(
        "vm-1",
        "east.mesh.internal",
        "spiffe://east.mesh.internal/ns/shop/sa/billing",
        NOW.plus(Duration.ofHours(20)),
        List.of("billing.shop"),
        new AgentStatus.Running(
            42,
            NOW.minusSeconds(90),
            new IdentityStatus(
                "spiffe://east.mesh.internal/ns/shop/sa/billing",
                "0a",
                "0b",
                NOW.plus(Duration.ofHours(20)),
                false,
                NOW,
                Optional.empty(),
                Optional.empty()),
            new AgentStatus.ControlPlane(connected, CONTROL_PLANE, 3, List.of()),
            new AgentStatus.ProxyView(true, false, 3),
            new LeaseStatus(
                LeaseStatus.State.HELD, CONTROL_PLANE, NOW, 6, "", "", NOW.minusSeconds(60)),
            List.of(
                new Health(
                    "billing.shop",
                    "tcp://127.0.0.1:8080",
                    healthy,
                    reason,
                    NOW.minusSeconds(60)))));
  }

  static CaptureReport report(CaptureReport.Kind kind, List<String> differences) {
    boolean there =
        kind != CaptureReport.Kind.NONE
            && kind != CaptureReport.Kind.MISSING
            && kind != CaptureReport.Kind.ROLLED_BACK;
    return new CaptureReport(
        kind,
        new Installed(
            there ? Installed.State.CONFIRMED : Installed.State.NONE,
            "0a",
            Duration.ofSeconds(40),
            there ? "table inet hawser" : "",
            Map.of()),
        kind == CaptureReport.Kind.NONE ? Optional.empty() : Optional.of(PLAN),
        differences);
  }

  static Seen<Facts.Certificate> certificate(String mode, Instant begins, Instant ends) {
    return Seen.found(
        new Facts.Certificate(
            Path.of("/var/lib/hawser-agent/generation-1/key.pem"), mode, begins, ends));
  }

  Facts facts() {
    return new Facts(
        NOW,
        place,
        target,
        config,
        status,
        new Facts.Names(dns, known, known, "10.0.0.53", asProgram),
        new Facts.Captured(report, listening),
        certificate,
        new Facts.ControlPlane(controlPlane, handshake),
        upstreams,
        dialled,
        call);
  }
}
