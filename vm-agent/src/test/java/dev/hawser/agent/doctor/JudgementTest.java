package dev.hawser.agent.doctor;

import static dev.hawser.agent.doctor.WellFacts.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.agent.capture.CaptureReport;
import dev.hawser.agent.config.Ports;
import dev.hawser.agent.config.UpstreamSpec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JudgementTest {
  private final WellFacts machine = new WellFacts();

  private List<Check> checks() {
    return Judgement.of(machine.facts());
  }

  private List<Check> failures() {
    return checks().stream().filter(check -> check.verdict() == Check.Verdict.FAIL).toList();
  }

  private Check only(Layer layer) {
    assertThat(failures()).hasSize(1);
    assertThat(failures().getFirst().layer()).isEqualTo(layer);
    assertThat(failures().getFirst().fix()).isNotEmpty();
    return failures().getFirst();
  }

  @Test
  void whenAllIsWellEachLayerPassesInItsOrderAndNothingIsToBeDone() {
    assertThat(checks())
        .allSatisfy(check -> {
          assertThat(check.verdict()).isEqualTo(Check.Verdict.PASS);
          assertThat(check.fix()).isEmpty();
        });
    assertThat(checks().stream().map(Check::layer).distinct().toList())
        .isEqualTo(Arrays.asList(Layer.values()));
  }

  @Test
  void anAgentThatDoesNotRunIsTheOneThingToMend() {
    String none = "it does not run: nobody answers at /var/lib/hawser-agent/agent.sock";
    machine.status = Seen.unknown(none);
    machine.upstreams = Seen.unknown("the agent does not run");
    machine.call = Seen.unknown("no call while the agent does not run");
    machine.listening = java.util.Set.of();
    assertThat(only(Layer.AGENT).fix()).contains("systemctl start hawser-agent");
  }

  @Test
  void anAgentThatHangsAndOneThatMayNotBeReadAreToldApart() {
    machine.status = Seen.unknown("the agent runs but has not answered for 3 s");
    assertThat(only(Layer.AGENT).fix()).contains("systemctl restart");
    machine.config = Seen.unknown("/var/lib/hawser-agent may not be read by user 1000");
    assertThat(only(Layer.AGENT).fix()).contains("as root");
  }

  @Test
  void aMachineThatHasNotJoinedIsToldHowAndNothingElse() {
    machine.config = Seen.unknown("this machine has not joined: there is no agent.yaml");
    machine.place = new Facts.Place(Path.of("/srv/a"), " --data-dir /srv/a", 0);
    assertThat(only(Layer.AGENT).fix())
        .contains("hawser vm invite", "hawser-agent join TOKEN --data-dir /srv/a");
    assertThat(checks()).hasSize(Layer.values().length);
  }

  @Test
  void dnsIsOffSilentRedirectedElsewhereOrRefusing() {
    machine.dns = Optional.empty();
    assertThat(only(Layer.NAME).fix()).contains("remove 'dns: off'", "agent.yaml");
    machine.dns = Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 15054));
    assertThat(only(Layer.NAME).seen()).contains("redirected to port 15053", "127.0.0.1:15054");
    machine.dns = new WellFacts().dns;
    machine.known = Seen.found(new DnsAnswer.Silent("nothing came within 5 s"));
    assertThat(only(Layer.NAME).fix()).contains("ss -lunp sport = :15053");
    machine.known = Seen.found(new DnsAnswer.Refused(2));
    assertThat(only(Layer.NAME).seen()).contains("error 2");
  }

  @Test
  void dnsThatIsOffDoesNotMatterToWhoReachesTheServiceByALocalPort() {
    machine.dns = Optional.empty();
    machine.report = Seen.found(WellFacts.report(CaptureReport.Kind.NONE, List.of()));
    machine.config =
        Seen.found(
            WellFacts.config(
                Ports.usual(), List.of(UpstreamSpec.parse("orders.shop:8080=127.0.0.1:9001"))));
    assertThat(failures()).isEmpty();
    assertThat(checks()).anyMatch(check -> check.seen().contains("127.0.0.1:9001"));
  }

  @Test
  void aNameThatNobodyHasIsNotTheControlPlanesSilence() {
    machine.known = Seen.found(new DnsAnswer.NoSuchName());
    machine.upstreams = Seen.found(List.of());
    machine.call = Seen.unknown("no call: nobody has the name");
    assertThat(only(Layer.NAME).seen()).isEqualTo("the mesh has no service orders.shop");
    assertThat(only(Layer.NAME).fix()).contains("hawser endpoints orders.shop", "ServiceExport");
    machine.status = Seen.found(WellFacts.status(false, true, ""));
    assertThat(failures().getFirst().seen()).contains("without the control plane");
  }

  @Test
  void programsThatAreToldSomethingElseThanTheAgentSaysAreNoticed() {
    machine.asProgram = Seen.found(new DnsAnswer.NoSuchName());
    assertThat(only(Layer.NAME).seen())
        .contains("10.0.0.53", "is told no such name", "expected: 10.96.0.10");
  }

  @Test
  void captureThatIsNotAsItWasAskedForIsToldByHowItCameAbout() {
    assertThat(capture(CaptureReport.Kind.NONE)).endsWith("capture apply");
    assertThat(capture(CaptureReport.Kind.MISSING)).endsWith("capture restore");
    assertThat(capture(CaptureReport.Kind.DIFFERS)).endsWith("capture restore");
    assertThat(capture(CaptureReport.Kind.ROLLED_BACK)).endsWith("capture apply");
    assertThat(capture(CaptureReport.Kind.NOT_KEPT)).endsWith("capture confirm");
    assertThat(capture(CaptureReport.Kind.UNKNOWN)).endsWith("capture remove");
  }

  private String capture(CaptureReport.Kind kind) {
    machine.report = Seen.found(WellFacts.report(kind, List.of("missing: tcp redirect")));
    machine.asProgram = Seen.unknown("DNS of programs is not captured");
    return only(Layer.CAPTURE).fix();
  }

  @Test
  void captureThatNobodyAskedForIsMissedOnlyByACall() {
    machine.report = Seen.found(WellFacts.report(CaptureReport.Kind.NONE, List.of()));
    machine.target = Optional.empty();
    machine.call = Seen.unknown("no call: no service was given");
    assertThat(failures()).isEmpty();
  }

  @Test
  void whoIsNotRootIsToldSoInsteadOfAVerdict() {
    machine.place = new Facts.Place(Path.of("/srv/a"), " --data-dir /srv/a", 1337);
    machine.report = Seen.unknown("only root may");
    assertThat(failures()).isEmpty();
    assertThat(checks())
        .anyMatch(check ->
            check.verdict() == Check.Verdict.SKIPPED
                && check.fix().equals("sudo hawser-agent doctor --data-dir /srv/a"));
  }

  @Test
  void aPortThatNobodyTakesIsNamedWithTheFieldThatSaysAnother() {
    machine.listening = java.util.Set.of(15006, 15053, 15101, 8080);
    assertThat(only(Layer.CAPTURE).fix()).contains("journalctl");
    machine.config = Seen.found(WellFacts.config(new Ports(0, 15101, 0, 0, 0, ""), List.of()));
    assertThat(only(Layer.CAPTURE).fix()).contains("ports.outbound", "to 15001 (it is 15101)");
  }

  @Test
  void aKeyThatOthersReadAndACertificateOfAnotherTimeAreToldApart() {
    machine.certificate =
        WellFacts.certificate("rw-r--r--", NOW.minusSeconds(1), NOW.plusSeconds(3600));
    assertThat(only(Layer.IDENTITY).fix()).startsWith("chmod 600 ");
    machine.certificate =
        WellFacts.certificate("rw-------", NOW.minus(Duration.ofDays(2)), NOW.minusSeconds(1));
    assertThat(only(Layer.IDENTITY).fix()).contains("timedatectl", "join --force TOKEN");
    machine.certificate =
        WellFacts.certificate("rw-------", NOW.plusSeconds(600), NOW.plusSeconds(3600));
    assertThat(only(Layer.IDENTITY).seen()).contains("clock is behind");
    machine.certificate = Seen.unknown("/var/lib/hawser-agent holds no key and certificate");
    assertThat(only(Layer.IDENTITY).fix()).contains("hawser vm invite");
  }

  @Test
  void aControlPlaneIsOutOfReachUnprovenOrSilent() {
    machine.dialled = Map.of(WellFacts.ORDERS, "", WellFacts.CONTROL_PLANE, "Connect timed out");
    assertThat(only(Layer.CONTROL_PLANE).seen()).contains("10.7.0.2:15012 (Connect timed out)");
    assertThat(only(Layer.CONTROL_PLANE).fix()).contains("nc -vz 10.7.0.2 15012");
    machine.dialled = new WellFacts().dialled;
    machine.handshake = Seen.found("the control plane does not answer at 10.7.0.2:15012");
    assertThat(only(Layer.CONTROL_PLANE).fix()).contains("hawser authority status");
    machine.handshake = Seen.found("");
    machine.status = Seen.found(WellFacts.status(false, true, ""));
    assertThat(only(Layer.CONTROL_PLANE).seen()).contains("unreachable for 3s");
  }

  @Test
  void oneEndpointThatIsReachedIsEnough() {
    UpstreamView.Place other = new UpstreamView.Place("192.0.2.8:15443", "west", "serving");
    UpstreamView.Place first = new UpstreamView.Place(WellFacts.ORDERS, "east", "serving");
    machine.upstreams =
        Seen.found(List.of(new UpstreamView("orders.shop:8080", "HTTP2", List.of(first, other))));
    assertThat(failures()).isEmpty();
    machine.dialled = Map.of(WellFacts.CONTROL_PLANE, "", WellFacts.ORDERS, "refused");
    assertThat(only(Layer.GATEWAY).seen()).contains("10.7.0.20:15006 (refused)", "192.0.2.8:15443");
    assertThat(only(Layer.GATEWAY).fix()).contains("hawser endpoints orders.shop");
  }

  @Test
  void aPortThatTheServiceDoesNotHaveAndOneWithoutEndpointsFail() {
    machine.upstreams = Seen.found(List.of());
    assertThat(only(Layer.GATEWAY).fix()).contains("correct the port");
    machine.upstreams =
        Seen.found(List.of(new UpstreamView("orders.shop:8080", "HTTP2", List.of())));
    assertThat(only(Layer.GATEWAY).seen()).contains("has no endpoint");
  }

  @Test
  void anApplicationIsAbsentOrSick() {
    machine.status = Seen.found(WellFacts.status(true, false, "Connection refused"));
    assertThat(only(Layer.APPLICATION).fix()).contains("see the application's log");
    machine.listening = java.util.Set.of(15001, 15006, 15053);
    assertThat(only(Layer.APPLICATION).fix()).contains("listens at port 8080", "agent.yaml");
  }

  @Test
  void aCallThatComesToNothingIsTheLastThingSaid() {
    machine.call = Seen.found(new Facts.Call("GET / of orders.shop:8080", false, "status 503"));
    assertThat(only(Layer.APPLICATION).seen()).contains("status 503");
  }
}
