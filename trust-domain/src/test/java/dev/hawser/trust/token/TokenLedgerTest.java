package dev.hawser.trust.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.hawser.trust.testing.MemoryTokenStore;
import dev.hawser.trust.token.Redemption.Accepted;
import dev.hawser.trust.token.Redemption.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class TokenLedgerTest {
  private static final TokenIssuer EAST =
      new TokenIssuer(
          "east",
          "mesh.internal",
          List.of("10.0.0.1:15012"),
          List.of("10.0.0.2:15443"),
          "e".repeat(64));

  private Instant now = Instant.parse("2026-11-24T12:00:00.987654321Z");
  private final MemoryTokenStore store = new MemoryTokenStore();
  private final List<String> alarms = new ArrayList<>();
  private final TokenLedger ledger = ledger(EAST);

  @Test
  void tokenWorksOnceAndTheSecondUseIsAlarmed() {
    JoinToken token = ledger.issue(TokenKind.VM, "vm-1", "grant of vm-1", TokenLedger.DEFAULT_TTL);
    Redemption first = ledger.redeem(token.text(), TokenKind.VM, "10.1.1.1");
    assertThat(first)
        .isInstanceOfSatisfying(
            Accepted.class,
            accepted -> {
              assertThat(accepted.record().grant()).isEqualTo("grant of vm-1");
              assertThat(accepted.record().subject()).isEqualTo("vm-1");
              assertThat(accepted.record().usedBy()).isEqualTo("10.1.1.1");
              assertThat(store.find(token.id())).contains(accepted.record());
            });
    assertRefused(ledger.redeem(token.text(), TokenKind.VM, "10.6.6.6"), TokenRefusal.USED);
    assertThat(alarms).containsExactly(token.id() + " attempts=1 by 10.6.6.6 after 10.1.1.1");
    now = now.plus(Duration.ofHours(1));
    assertRefused(ledger.redeem(token.text(), TokenKind.VM, "again"), TokenRefusal.USED);
    assertThat(alarms).hasSize(2);
    assertThat(ledger.list().getFirst().attempts()).isEqualTo(2);
    assertThat(ledger.list().getFirst().state(now)).isEqualTo(TokenState.USED);
  }

  @Test
  void theKeyThatRedeemedItIsAcceptedAgainUntilTheTokenWouldHaveExpired() {
    JoinToken token = ledger.issue(TokenKind.VM, "vm-1", "", TokenLedger.DEFAULT_TTL);
    ledger.redeem(token.text(), TokenKind.VM, "10.1.1.1", "key-a");

    assertThat(ledger.redeem(token.text(), TokenKind.VM, "10.1.1.1", "key-a"))
        .isInstanceOf(Accepted.class);
    assertThat(alarms).isEmpty();
    assertRefused(
        ledger.redeem(token.text(), TokenKind.VM, "10.1.1.1", "key-b"), TokenRefusal.USED);
    assertRefused(ledger.redeem(token.text(), TokenKind.VM, "10.1.1.1"), TokenRefusal.USED);
    now = now.plus(TokenLedger.DEFAULT_TTL);
    assertRefused(
        ledger.redeem(token.text(), TokenKind.VM, "10.1.1.1", "key-a"), TokenRefusal.USED);
  }

  @Test
  void ofSixtyFourAtOnceExactlyOneWins() throws Exception {
    JoinToken token = ledger.issue(TokenKind.CLUSTER, "", "", TokenLedger.DEFAULT_TTL);
    // Two replicas of the control plane on one store.
    List<TokenLedger> replicas = List.of(ledger(EAST), ledger(EAST));
    CyclicBarrier start = new CyclicBarrier(64);
    List<Callable<Redemption>> redeemers = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      TokenLedger replica = replicas.get(i % 2);
      String claimant = "cluster-" + i;
      redeemers.add(() -> {
        start.await();
        return replica.redeem(token.text(), TokenKind.CLUSTER, claimant);
      });
    }
    int won = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(64)) {
      for (Future<Redemption> redemption : threads.invokeAll(redeemers)) {
        if (redemption.get().accepted()) {
          won++;
        } else {
          assertRefused(redemption.get(), TokenRefusal.USED);
        }
      }
    }
    assertThat(won).isEqualTo(1);
    assertThat(ledger.list().getFirst().attempts()).isEqualTo(63);
    assertThat(alarms).hasSize(63);
  }

  @Test
  void checkSaysTheSameAndConsumesNothing() {
    JoinToken token = ledger.issue(TokenKind.CLUSTER, "west", "", TokenLedger.DEFAULT_TTL);
    int writes = store.writes();
    for (int i = 0; i < 3; i++) {
      assertThat(ledger.check(token.text(), TokenKind.CLUSTER, "west").accepted()).isTrue();
      assertRefused(
          ledger.check(token.text(), TokenKind.CLUSTER, "north"), TokenRefusal.WRONG_SUBJECT);
    }
    assertThat(store.writes()).isEqualTo(writes);
    assertThat(ledger.redeem(token.text(), TokenKind.CLUSTER, "west").accepted()).isTrue();
    assertRefused(ledger.check(token.text(), TokenKind.CLUSTER, "west"), TokenRefusal.USED);
    assertThat(alarms).isEmpty();
  }

  @Test
  void expiredTokenIsRefused() {
    JoinToken token = ledger.issue(TokenKind.VM, "", "", TokenLedger.DEFAULT_TTL);
    now = token.expires().minusMillis(1);
    assertThat(ledger.check(token.text(), TokenKind.VM, "").accepted()).isTrue();
    now = token.expires();
    assertRefused(ledger.redeem(token.text(), TokenKind.VM, ""), TokenRefusal.EXPIRED);
    assertThat(ledger.list().getFirst().state(now)).isEqualTo(TokenState.EXPIRED);
  }

  @Test
  void expiryThatTheHolderMovedChangesNothing() {
    JoinToken token = ledger.issue(TokenKind.VM, "", "", TokenLedger.DEFAULT_TTL);
    now = token.expires().plusSeconds(1);
    JoinToken moved =
        new JoinToken(
            token.kind(),
            token.id(),
            token.secret(),
            token.cluster(),
            token.meshDomain(),
            token.controlPlane(),
            token.gateways(),
            token.pin(),
            token.expires().plusSeconds(9999),
            token.subject());
    assertRefused(ledger.redeem(moved.text(), TokenKind.VM, ""), TokenRefusal.EXPIRED);
  }

  @Test
  void revokedTokenIsRefusedAndAUsedOneIsNotRevoked() {
    JoinToken token = ledger.issue(TokenKind.GATEWAY, "", "", TokenLedger.DEFAULT_TTL);
    assertThat(ledger.revoke(token.id())).isTrue();
    assertThat(ledger.revoke(token.id())).isFalse();
    assertRefused(ledger.redeem(token.text(), TokenKind.GATEWAY, ""), TokenRefusal.REVOKED);
    JoinToken used = ledger.issue(TokenKind.GATEWAY, "", "", TokenLedger.DEFAULT_TTL);
    assertThat(ledger.redeem(used.text(), TokenKind.GATEWAY, "").accepted()).isTrue();
    assertThat(ledger.revoke(used.id())).isFalse();
    assertThat(ledger.revoke("ffffffffffffffff")).isFalse();
  }

  @Test
  void tokenForSomethingElseIsRefusedAndStaysOpen() {
    JoinToken token = ledger.issue(TokenKind.VM, "vm-1", "", TokenLedger.DEFAULT_TTL);
    assertRefused(ledger.redeem(token.text(), TokenKind.CLUSTER, "x"), TokenRefusal.WRONG_KIND);
    JoinToken bound = ledger.issue(TokenKind.CLUSTER, "west", "", TokenLedger.DEFAULT_TTL);
    assertRefused(
        ledger.redeem(bound.text(), TokenKind.CLUSTER, "north\u001b[31m"),
        TokenRefusal.WRONG_SUBJECT);
    assertThat(ledger.redeem(token.text(), TokenKind.VM, "").accepted()).isTrue();
    assertThat(ledger.redeem(bound.text(), TokenKind.CLUSTER, "west").accepted()).isTrue();
  }

  @Test
  void tokenOfAnotherClusterIsRefused() {
    TokenIssuer west =
        new TokenIssuer("west", "mesh.internal", List.of(), List.of(), "e".repeat(64));
    JoinToken token = ledger(west).issue(TokenKind.VM, "", "", TokenLedger.DEFAULT_TTL);
    assertRefused(ledger.redeem(token.text(), TokenKind.VM, ""), TokenRefusal.OTHER_ISSUER);
    assertThat(TokenRefusal.OTHER_ISSUER.code()).isEqualTo("token-wrong-cluster");
  }

  @Test
  void strangerLearnsNothingAndCausesNoWrite() {
    JoinToken token = ledger.issue(TokenKind.VM, "", "", TokenLedger.DEFAULT_TTL);
    int writes = store.writes();
    JoinToken guessed = withSecret(token, "A".repeat(43), token.id());
    JoinToken unknown = withSecret(token, "A".repeat(43), "ffffffffffffffff");
    Redemption wrongSecret = ledger.redeem(guessed.text(), TokenKind.VM, "");
    Redemption wrongId = ledger.redeem(unknown.text(), TokenKind.VM, "");
    assertRefused(wrongSecret, TokenRefusal.UNKNOWN);
    assertRefused(wrongId, TokenRefusal.UNKNOWN);
    assertThat(detail(wrongSecret).replace(token.id(), "ffffffffffffffff"))
        .isEqualTo(detail(wrongId));
    assertThat(store.writes()).isEqualTo(writes);
    assertRefused(ledger.redeem("nonsense", TokenKind.VM, ""), TokenRefusal.MALFORMED);
  }

  @Test
  void storeHoldsNoSecret() {
    JoinToken token = ledger.issue(TokenKind.VM, "vm-1", "", TokenLedger.DEFAULT_TTL);
    String json = store.find(token.id()).orElseThrow().toJson();
    assertThat(json).doesNotContain(token.secret()).contains("vm-1");
    assertThat(store.find(token.id()).orElseThrow().toString())
        .doesNotContain(store.find(token.id()).orElseThrow().hash());
  }

  @Test
  void spentTokenSentForEverStopsCausingWrites() {
    JoinToken token = ledger.issue(TokenKind.VM, "", "", TokenLedger.DEFAULT_TTL);
    assertThat(ledger.redeem(token.text(), TokenKind.VM, "").accepted()).isTrue();
    for (int i = 0; i < 1005; i++) {
      assertRefused(ledger.redeem(token.text(), TokenKind.VM, ""), TokenRefusal.USED);
    }
    assertThat(ledger.list().getFirst().attempts()).isEqualTo(1000);
    int writes = store.writes();
    assertRefused(ledger.redeem(token.text(), TokenKind.VM, ""), TokenRefusal.USED);
    assertThat(store.writes()).isEqualTo(writes);
  }

  @Test
  void lifeAndGrantAreBounded() {
    for (Duration ttl : List.of(Duration.ZERO, Duration.ofHours(24).plusSeconds(1))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ledger.issue(TokenKind.VM, "", "", ttl))
          .withMessageContaining("expected: PT1S to PT24H");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            ledger.issue(
                TokenKind.VM, "", "g".repeat(TokenRecord.MAX_GRANT + 1), Duration.ofHours(1)));
    JoinToken longest =
        ledger.issue(TokenKind.VM, "", "\u0000".repeat(TokenRecord.MAX_GRANT), TokenLedger.MAX_TTL);
    assertThat(ledger.redeem(longest.text(), TokenKind.VM, "").accepted()).isTrue();
  }

  @Test
  void recordsAreListedNewestFirstAndPrunedAWeekAfterTheirEnd() {
    JoinToken old = ledger.issue(TokenKind.VM, "", "", TokenLedger.DEFAULT_TTL);
    now = now.plus(Duration.ofDays(7));
    JoinToken recent = ledger.issue(TokenKind.VM, "", "", TokenLedger.DEFAULT_TTL);
    assertThat(ledger.list()).extracting(TokenRecord::id).containsExactly(recent.id(), old.id());
    assertThat(ledger.prune()).isZero();
    now = now.plus(Duration.ofMinutes(16));
    assertThat(ledger.prune()).isEqualTo(1);
    assertThat(ledger.list()).extracting(TokenRecord::id).containsExactly(recent.id());
  }

  @Test
  void everyRefusalHasACodeAndAHint() {
    for (TokenRefusal refusal : TokenRefusal.values()) {
      assertThat(refusal.code())
          .startsWith("token-")
          .isEqualTo(refusal.code().toLowerCase(Locale.ROOT));
      assertThat(refusal.hint()).endsWith(".");
    }
  }

  private TokenLedger ledger(TokenIssuer issuer) {
    return new TokenLedger(store, () -> issuer, () -> now, this::alarm);
  }

  private synchronized void alarm(TokenRecord record, String claimant) {
    alarms.add(
        record.id()
            + " attempts="
            + record.attempts()
            + " by "
            + claimant
            + " after "
            + record.usedBy());
  }

  private static JoinToken withSecret(JoinToken token, String secret, String id) {
    return new JoinToken(
        token.kind(),
        id,
        secret,
        token.cluster(),
        token.meshDomain(),
        token.controlPlane(),
        token.gateways(),
        token.pin(),
        token.expires(),
        token.subject());
  }

  private static String detail(Redemption redemption) {
    return ((Refused) redemption).detail();
  }

  private static void assertRefused(Redemption redemption, TokenRefusal reason) {
    assertThat(redemption)
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.reason()).as(refused.detail()).isEqualTo(reason);
              assertThat(refused.detail().chars()).allMatch(c -> c >= ' ' && c < 0x7f);
            });
  }
}
