package dev.hawser.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hawser.api.enroll.v1.LeaseHeartbeat;
import dev.hawser.api.enroll.v1.LeasedPort;
import dev.hawser.api.enroll.v1.LeasedService;
import dev.hawser.api.model.Locality;
import dev.hawser.host.identity.Attestation;
import dev.hawser.host.identity.EnrolmentServer;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.host.identity.IdentityOptions;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.x509.Certificates;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LeaseKeeperTest {
  private static final String BILLING = "billing.shop";
  private static final LeaseKeeper.Pace FAST =
      new LeaseKeeper.Pace(
          Duration.ofMillis(50),
          Duration.ofMillis(400),
          Duration.ofMillis(20),
          Duration.ofMillis(100));

  /** Beats so rarely that a beat has another cause. */
  private static final LeaseKeeper.Pace RARE =
      new LeaseKeeper.Pace(
          Duration.ofMinutes(5),
          Duration.ofMinutes(10),
          Duration.ofMillis(20),
          Duration.ofMillis(100));

  private final TestAuthority authority = TestAuthority.create();
  private final LeaseDesk desk = new LeaseDesk();
  private final Map<String, Boolean> health = new ConcurrentHashMap<>(Map.of(BILLING, true));
  @TempDir private Path temporary;

  @Test
  void heartbeatsSayWhereTheMachineIsAndHowItsServicesFare() throws Exception {
    try (EnrolmentServer server = server();
        IdentityClient identity = join(server);
        LeaseKeeper keeper = keep(identity, FAST)) {
      await().until(() -> desk.heard.size() >= 3);

      LeaseHeartbeat beat = desk.last();
      assertThat(beat.getHost()).isEqualTo("vm-1");
      assertThat(beat.getAddress()).isEqualTo("10.1.0.50");
      assertThat(beat.getRegion()).isEqualTo("east");
      assertThat(beat.getHealthyMap()).containsExactlyEntriesOf(Map.of(BILLING, true));
      assertThat(desk.heard)
          .extracting(LeaseHeartbeat::getSequence)
          .isSorted()
          .doesNotHaveDuplicates();
      assertThat(desk.streams).hasValue(1);
      await().until(() -> keeper.status().state() == LeaseStatus.State.HELD);
      assertThat(keeper.status().address()).isEqualTo(server.address());
      assertThat(keeper.status().seconds()).isEqualTo(LeaseDesk.LEASE_SECONDS);
    }
  }

  @Test
  void aChangeOfHealthIsSaidAtOnce() throws Exception {
    try (EnrolmentServer server = server();
        IdentityClient identity = join(server);
        LeaseKeeper keeper = keep(identity, RARE)) {
      await().until(() -> desk.heard.size() == 1);
      health.put(BILLING, false);

      keeper.healthChanged();

      await().until(() -> desk.heard.size() == 2);
      assertThat(desk.last().getHealthyMap()).containsExactlyEntriesOf(Map.of(BILLING, false));
    }
  }

  @Test
  void aStreamThatEndsIsReplacedByAnother() throws Exception {
    try (EnrolmentServer server = server();
        IdentityClient identity = join(server);
        LeaseKeeper keeper = keep(identity, FAST)) {
      await().until(() -> keeper.status().state() == LeaseStatus.State.HELD);

      desk.end();

      await().until(() -> desk.streams.get() == 2);
      await().until(() -> keeper.status().state() == LeaseStatus.State.HELD);
      assertThat(keeper.status().trouble()).isEmpty();
    }
  }

  @Test
  void aStreamThatFallsSilentIsLeftAndTheStatusSaysWhyUntilRepliesComeAgain() throws Exception {
    try (EnrolmentServer server = server();
        IdentityClient identity = join(server);
        LeaseKeeper keeper = keep(identity, FAST)) {
      await().until(() -> keeper.status().state() == LeaseStatus.State.HELD);
      desk.silent = true;

      await().until(() -> keeper.status().state() == LeaseStatus.State.CONNECTING);
      assertThat(keeper.status().trouble()).contains("not answered");
      assertThat(keeper.status().lastReply()).as("what was heard last is still known").isNotNull();
      desk.silent = false;

      await().until(() -> keeper.status().state() == LeaseStatus.State.HELD);
      assertThat(desk.streams.get()).isGreaterThan(1);
    }
  }

  @Test
  void aControlPlaneThatIsAwayIsFoundAgainAtItsAddress() throws Exception {
    EnrolmentServer first = server();
    String address = first.address();
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    try (IdentityClient identity = join(first);
        LeaseKeeper keeper = keep(identity, FAST)) {
      await().until(() -> keeper.status().state() == LeaseStatus.State.HELD);
      first.close();
      await().until(() -> keeper.status().state() == LeaseStatus.State.CONNECTING);
      await().until(() -> keeper.status().trouble().contains(address));

      try (EnrolmentServer again = EnrolmentServer.start(authority, port)) {
        again.lease(granted(), desk);
        await().until(() -> keeper.status().state() == LeaseStatus.State.HELD);
      }
    }
  }

  @Test
  void aRefusalIsShownWithWhatToDo() throws Exception {
    desk.refusal = "lease-revoked";
    try (EnrolmentServer server = server();
        IdentityClient identity = join(server);
        LeaseKeeper keeper = keep(identity, FAST)) {
      await().until(() -> keeper.status().state() == LeaseStatus.State.REFUSED);
      assertThat(keeper.status().trouble()).isEqualTo("the lease was revoked");
      assertThat(keeper.status().hint()).isEqualTo("join anew");
    }
  }

  @Test
  void leavingEndsTheLeaseOnceItIsConfirmed() throws Exception {
    try (EnrolmentServer server = server();
        IdentityClient identity = join(server);
        LeaseKeeper keeper = keep(identity, FAST)) {
      await().until(() -> keeper.status().state() == LeaseStatus.State.HELD);

      assertThat(keeper.leave(Duration.ofSeconds(20))).isTrue();

      assertThat(keeper.status().state()).isEqualTo(LeaseStatus.State.LEFT);
      assertThat(desk.last().getLeaving()).isTrue();
    }
  }

  @Test
  void leavingGivesUpWhenNobodyConfirms() throws Exception {
    try (EnrolmentServer server = server();
        IdentityClient identity = join(server);
        LeaseKeeper keeper = keep(identity, FAST)) {
      await().until(() -> keeper.status().state() == LeaseStatus.State.HELD);
      desk.silent = true;

      assertThat(keeper.leave(Duration.ofMillis(200))).isFalse();
    }
  }

  @Test
  void anIdentityWithoutServicesKeepsQuiet() throws Exception {
    try (EnrolmentServer server = EnrolmentServer.start(authority)) {
      server.lease(List.of(), desk);
      try (IdentityClient identity = join(server);
          LeaseKeeper keeper = keep(identity, FAST)) {
        keeper.healthChanged();
        assertThat(keeper.status().state()).isEqualTo(LeaseStatus.State.NONE);
        assertThat(keeper.leave(Duration.ofSeconds(5))).isTrue();
        await().during(Duration.ofMillis(300)).until(() -> desk.streams.get() == 0);
      }
    }
  }

  @Test
  void aReplyThatNamesAnotherIssuerMakesTheMachineRenewAndShowItself() throws Exception {
    try (EnrolmentServer server = server();
        IdentityClient identity = join(server);
        LeaseKeeper keeper = keep(identity, FAST)) {
      await().until(() -> keeper.status().state() == LeaseStatus.State.HELD);
      Svid before = identity.svid().orElseThrow();
      var next = authority.renewIntermediate("east").intermediate();

      desk.issuer = Certificates.serialHex(next.getSerialNumber());

      await().until(() -> identity.svid().orElseThrow().chain().getLast().equals(next));
      assertThat(identity.svid().orElseThrow().id()).isEqualTo(before.id());
      await().until(() -> desk.streams.get() >= 2);
    }
  }

  private EnrolmentServer server() throws Exception {
    EnrolmentServer server = EnrolmentServer.start(authority);
    server.lease(granted(), desk);
    return server;
  }

  private static List<LeasedService> granted() {
    return List.of(
        LeasedService.newBuilder()
            .setName("billing")
            .setNamespace("shop")
            .addPorts(LeasedPort.newBuilder().setName("http").setNumber(8080).setProtocol("http"))
            .build());
  }

  private IdentityClient join(EnrolmentServer server) throws Exception {
    IdentityOptions.Timing soon =
        new IdentityOptions.Timing(
            Duration.ofMillis(20),
            Duration.ofSeconds(5),
            Duration.ofMillis(30),
            Duration.ofMillis(200),
            Duration.ofMillis(50));
    return IdentityClient.open(
        IdentityOptions.of(temporary.resolve("data"))
            .with(new Attestation.TokenText(server.token()))
            .withTiming(soon, InstantSource.system()));
  }

  private LeaseKeeper keep(IdentityClient identity, LeaseKeeper.Pace pace) {
    return LeaseKeeper.start(
        identity,
        new LeaseKeeper.Machine("vm-1", "10.1.0.50", Locality.parse("east/a")),
        () -> Map.copyOf(health),
        pace,
        InstantSource.system());
  }
}
