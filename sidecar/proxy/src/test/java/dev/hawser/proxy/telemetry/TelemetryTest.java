package dev.hawser.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.engine.metrics.Metrics;
import dev.hawser.trust.spiffe.SpiffeId;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TelemetryTest {
  private final Metrics metrics = new Metrics();
  private final Telemetry telemetry = new Telemetry(metrics, AccessLog.off(metrics));

  private static Report report(String service, int status, String flags) {
    return new Report(
        "source",
        Party.UNKNOWN,
        Party.UNKNOWN.in("west"),
        service,
        "shop",
        new Report.Http("a", "GET", "/", "HTTP/1.1", "id", false, status, -1, "", 0, 0),
        flags,
        0,
        45_000_000,
        1,
        2,
        "u",
        "10.0.0.1:15006",
        "",
        1,
        true);
  }

  private void count(Report report) {
    telemetry.request(report, java.util.Objects.requireNonNull(report.http()));
  }

  private long counted(String... labels) {
    return metrics
        .prometheus()
        .lines()
        .filter(line -> line.startsWith("istio_requests_total{"))
        .filter(line -> java.util.Arrays.stream(labels).allMatch(line::contains))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void versionsAreToldWhereTheyAreKnownAndARevisionIsThenTheSame() {
    SpiffeId web = SpiffeId.parse("spiffe://east.mesh.internal/ns/shop/sa/web");
    Telemetry own = new Telemetry(metrics, AccessLog.off(metrics), Optional.of("v2"));
    Report first = report("orders", 200, "");
    Report report =
        new Report(
            first.reporter(),
            own.own(web),
            new Parties().of(web),
            first.service(),
            first.serviceNamespace(),
            first.http(),
            first.flags(),
            0,
            1,
            1,
            1,
            "u",
            "10.0.0.1:15006",
            "",
            1,
            true);
    own.request(report, java.util.Objects.requireNonNull(report.http()));
    count(first);

    assertThat(
            counted(
                "source_version=\"v2\"",
                "source_canonical_revision=\"v2\"",
                "destination_version=\"unknown\"",
                "destination_canonical_revision=\"latest\""))
        .isEqualTo(1);
    assertThat(counted("source_version=\"unknown\"", "source_canonical_revision=\"unknown\""))
        .isEqualTo(1);
  }

  /** There are more kinds than are remembered, so that some share a place. */
  @Test
  void requestsOfEachKindAreCountedApartHoweverManyKindsThereAre() {
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 50; i++) {
        for (int status : new int[] {200, 404, 503}) {
          count(report("s" + i, status, ""));
          count(report("s" + i, status, "UF"));
        }
      }
    }

    assertThat(counted()).isEqualTo(900);
    for (int i = 0; i < 50; i++) {
      String service = "destination_service_name=\"s" + i + "\"";
      assertThat(counted(service)).isEqualTo(18);
      assertThat(counted(service, "response_code=\"404\"", "response_flags=\"UF\"")).isEqualTo(3);
      assertThat(counted(service, "response_code=\"503\"", "response_flags=\"-\"")).isEqualTo(3);
    }
  }

  @Test
  void aConnectionCountsForWhomItWasOpenedFor() {
    Report report = report("orders", 0, "");
    Telemetry.Flow flow = telemetry.opened(report);
    flow.moved(3, 4);
    flow.moved(5, 6);
    flow.closed(report);

    assertThat(metrics.prometheus())
        .containsPattern("istio_tcp_received_bytes_total\\{[^}]*\"west\"[^}]*} 8")
        .containsPattern("istio_tcp_sent_bytes_total\\{[^}]*\"west\"[^}]*} 10")
        .containsPattern("istio_tcp_connections_closed_total\\{[^}]*\"west\"[^}]*} 1");
  }

  @Test
  void whoCalledLastIsRememberedAndNobodyElse() {
    Parties parties = new Parties();
    SpiffeId one = SpiffeId.parse("spiffe://east.mesh.internal/ns/shop/sa/web");
    SpiffeId other = SpiffeId.parse("spiffe://west.mesh.internal/ns/shop/sa/web");

    Party party = parties.of(one);
    assertThat(party).isEqualTo(Party.of(one));
    assertThat(parties.of(SpiffeId.parse(one.toString()))).isSameAs(party);
    assertThat(parties.of(other)).isEqualTo(Party.of(other));
    assertThat(parties.of(null)).isSameAs(Party.UNKNOWN);
    assertThat(parties.of(one)).isEqualTo(party);
  }

  @Test
  void messagesOfGrpcAreCountedAndOfNothingElse() {
    Report plain = report("orders", 200, "");
    count(plain);
    assertThat(metrics.prometheus()).doesNotContain("istio_request_messages_total{");

    Report.Http call = new Report.Http("a", "POST", "/s/M", "HTTP/2", "id", true, 200, 0, "", 3, 5);
    telemetry.request(plain, call);
    telemetry.request(plain, call);
    assertThat(metrics.prometheus())
        .containsPattern("istio_request_messages_total\\{[^}]*\"grpc\"[^}]*} 6")
        .containsPattern("istio_response_messages_total\\{[^}]*\"grpc\"[^}]*} 10");
  }
}
