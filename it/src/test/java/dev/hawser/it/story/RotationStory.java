package dev.hawser.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.examples.load.SteadyLoad;
import dev.hawser.examples.load.Tally;
import dev.hawser.it.harness.Member;
import dev.hawser.it.harness.Pod;
import dev.hawser.it.harness.Site;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.svid.SvidStore;
import dev.hawser.trust.x509.Certificates;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Story 12: leaves and an intermediate are renewed while requests cross the clusters; then the old
 * intermediate is revoked.
 */
@ExtendWith(WithTwoClusters.class)
final class RotationStory {
  private static final Pattern SERIAL = Pattern.compile("\"serial\"\\s*:\\s*\"([0-9a-f]+)\"");
  private static final SpiffeId WEST_ORDERS =
      SpiffeId.parse("spiffe://west.mesh.internal/ns/shop/sa/orders");

  /** Longer than renewals of both sides take, shorter than a route's timeout of 15 s. */
  private static final Duration LONG_CALL = Duration.ofSeconds(10);

  @Test
  void newLeavesOfCallerAndCalleeCostNothingAndTheirConnectionsLiveOn(TwoClusters mesh)
      throws Exception {
    mesh.applyInEast("share", SharePolicy.orders(50, 50));
    try (SteadyLoad load = mesh.load(100);
        HttpClient client = HttpClient.newHttpClient()) {
      Watch.until(
          "west serves its share",
          load,
          Instant.now(),
          Duration.ofSeconds(40),
          Watch.shareOf("west", 0.3));
      Instant began = Instant.now();
      // A POST that was sent is never tried again: its answer can only come on its connection.
      CompletableFuture<HttpResponse<String>> call =
          client.sendAsync(
              HttpRequest.newBuilder(
                      URI.create(mesh.seenByWeb("payments") + "slow/" + LONG_CALL.toMillis()))
                  .POST(HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      TimeUnit.SECONDS.sleep(1);
      for (Pod pod : List.of(mesh.web, mesh.payments, mesh.westOrders.getFirst())) {
        String before = serialOf(pod);
        assertThat(pod.admin().get("/renew").status()).as("GET changes nothing").isEqualTo(405);
        assertThat(pod.admin().post("/renew").status()).isEqualTo(202);
        Awaitility.await(pod.name() + " has a new leaf")
            .atMost(Duration.ofSeconds(8))
            .until(() -> !serialOf(pod).equals(before));
      }
      Instant renewed = Instant.now();
      assertThat(call).as("the call outlives the renewals").isNotDone();
      HttpResponse<String> answer = call.get(20, TimeUnit.SECONDS);
      Instant answered = Instant.now();
      Tally all = load.stop();
      Report.line(
          "12 leaves of web, payments and orders-west-1 renewed in %s under %d requests from %s:"
              + " %d failed; a POST that was open before was answered %d after %s",
          Report.seconds(Duration.between(began, renewed)),
          all.sent(),
          all.byCluster(),
          all.failed().size(),
          answer.statusCode(),
          Report.seconds(Duration.between(began, answered)));
      assertThat(all.failed()).isEmpty();
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).contains("\"instance\":\"payments-1\"");
    } finally {
      mesh.deleteInEast("share");
    }
  }

  @Test
  void aNewIntermediateIsFollowedByAllAndTheOldOneIsRefusedOnceItIsRevoked(TwoClusters mesh)
      throws Exception {
    BigInteger old = intermediateOf(mesh.west);
    Svid thief = Forger.identity(WEST_ORDERS, Loot.intermediateOf(mesh.west));
    mesh.applyInEast("share", SharePolicy.orders(50, 50));
    try (SteadyLoad load = mesh.load(100)) {
      Watch.until(
          "west serves its share",
          load,
          Instant.now(),
          Duration.ofSeconds(40),
          Watch.shareOf("west", 0.3));
      Instant renewal = Instant.now();
      mesh.west.hawser("authority", "renew");
      BigInteger next = intermediateOf(mesh.west);
      assertThat(next).isNotEqualTo(old);
      Duration followed = awaitAllUnder(mesh, next, renewal);
      Instant revocation = Instant.now();
      Tally renewed = load.tally().between(renewal, revocation);
      Report.line(
          "12 west's intermediate renewed: everything in west showed a leaf under the new one after"
              + " %s; %d requests from %s, %d failed",
          Report.seconds(followed), renewed.sent(), renewed.byCluster(), renewed.failed().size());
      assertThat(renewed.failed()).isEmpty();

      doors(mesh)
          .forEach((name, door) ->
              assertThat(door.ask(thief))
                  .as("before the revocation, at the " + name)
                  .isInstanceOf(TlsCaller.Outcome.Answered.class));
      mesh.west.hawser("authority", "revoke", Certificates.serialHex(old));
      doors(mesh)
          .forEach((name, door) -> {
            Awaitility.await("refused at the " + name)
                .atMost(Duration.ofSeconds(10))
                .until(() -> door.ask(thief) instanceof TlsCaller.Outcome.Closed);
            Report.line(
                "12 a leaf under the revoked intermediate is refused by the %s after %s",
                name, Report.seconds(Duration.between(revocation, Instant.now())));
          });
      Watch.until(
          "west serves its share again",
          load,
          revocation,
          Duration.ofSeconds(40),
          Watch.shareOf("west", 0.3));
      Tally all = load.stop();
      Tally after = all.between(revocation, Instant.now());
      Report.line(
          "12 west's old intermediate revoked: %d requests from %s since, %d failed (in all %d)",
          after.sent(), after.byCluster(), after.failed().size(), all.failed().size());
      assertThat(all.failed()).isEmpty();
      assertThat(mesh.west.hawser("authority", "status"))
          .contains(Certificates.serialHex(old), "REVOKED");
      assertThat(mesh.east.hawser("authority", "status"))
          .as("the holder of the root shows every member's")
          .contains(Certificates.serialHex(old), Certificates.serialHex(next));
    } finally {
      mesh.deleteInEast("share");
    }
  }

  /** Where a workload of west is let in while it is trusted. */
  private static Map<String, Door> doors(TwoClusters mesh) {
    Map<String, Door> doors = new LinkedHashMap<>();
    doors.put(
        "sidecar of east",
        new Door(
            mesh.eastOrders.getFirst().address(),
            15006,
            "p8080.orders.shop.east.mesh.internal",
            "http/1.1"));
    doors.put(
        "gateway of east",
        new Door(
            mesh.eastSite.publicAddress(),
            Site.GATEWAY_PORT,
            "gateway.east.mesh.internal",
            "http/1.1"));
    doors.put(
        "control plane of east",
        new Door(mesh.eastSite.address(1), 15012, "control-plane.east.mesh.internal", "h2"));
    doors.put(
        "control plane of west",
        new Door(mesh.westSite.address(1), 15012, "control-plane.west.mesh.internal", "h2"));
    return doors;
  }

  /** Waits until fresh handshakes with everything in west show leaves under the intermediate. */
  private static Duration awaitAllUnder(TwoClusters mesh, BigInteger issuer, Instant since)
      throws IOException {
    Svid web = new SvidStore(mesh.folder.resolve("web")).load().orElseThrow();
    Map<String, Door> west = new LinkedHashMap<>();
    for (Pod pod : mesh.westOrders) {
      west.put(
          pod.name(),
          new Door(pod.address(), 15006, "p8080.orders.shop.west.mesh.internal", "http/1.1"));
    }
    west.put(
        mesh.payments.name(),
        new Door(
            mesh.payments.address(), 15006, "p8080.payments.shop.west.mesh.internal", "http/1.1"));
    for (String address :
        List.of(mesh.westSite.publicAddress(), mesh.westSite.secondPublicAddress())) {
      west.put(
          "gateway at " + address,
          new Door(address, Site.GATEWAY_PORT, "gateway.west.mesh.internal", "http/1.1"));
    }
    west.put(
        "control plane",
        new Door(mesh.westSite.address(1), 15012, "control-plane.west.mesh.internal", "h2"));
    west.forEach((name, door) ->
        Awaitility.await(name + " shows a leaf under the new intermediate")
            .atMost(Duration.ofSeconds(60))
            .pollInterval(Duration.ofMillis(200))
            .until(() -> door.issuer(web).equals(issuer)));
    return Duration.between(since, Instant.now());
  }

  private static BigInteger intermediateOf(Member cluster) {
    return Loot.intermediateOf(cluster).chain().getFirst().getSerialNumber();
  }

  private static String serialOf(Pod pod) {
    Matcher matcher = SERIAL.matcher(pod.admin().get("/status").body());
    assertThat(matcher.find()).as("/status of " + pod.name() + " names its serial number").isTrue();
    return matcher.group(1);
  }

  /** A place to ask at. */
  private record Door(String address, int port, String name, String protocol) {
    TlsCaller.Outcome ask(Svid svid) {
      return new TlsCaller(svid).get(address, port, name, protocol);
    }

    /** Returns the serial number of the intermediate that a fresh handshake shows; zero if none. */
    BigInteger issuer(Svid svid) {
      List<X509Certificate> chain = new TlsCaller(svid).serverChain(address, port, name, protocol);
      return chain.size() < 2 ? BigInteger.ZERO : chain.get(1).getSerialNumber();
    }
  }
}
