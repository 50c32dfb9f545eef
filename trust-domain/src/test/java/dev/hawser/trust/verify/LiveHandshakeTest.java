package dev.hawser.trust.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.testing.BadChain;
import dev.hawser.trust.testing.FixedKeyManager;
import dev.hawser.trust.testing.Forgery.Forged;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.verify.TlsExchange.Outcome;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LiveHandshakeTest {
  private static final TestAuthority FEDERATION = TestAuthority.create();
  private static final TrustBundles BUNDLES = FEDERATION.bundles("east", "west");
  private static final Svid WEB = FEDERATION.workload("east", "shop", "web");
  private static final Svid ORDERS = FEDERATION.workload("west", "shop", "orders");

  private final PeerVerifier verifier = new PeerVerifier();
  private final AtomicReference<TrustBundles> current = new AtomicReference<>(BUNDLES);
  private final AtomicInteger checks = new AtomicInteger();

  @Test
  void bothSidesLearnEachOthersIdentityAcrossClusters() throws Exception {
    LiveTrustManager client = expecting(ExpectedPeers.exactly(ORDERS.id()));
    LiveTrustManager server = expecting(ExpectedPeers.in(WEB.id().trustDomain()));
    try (TlsExchange exchange = new TlsExchange(FixedKeyManager.context(ORDERS, server))) {
      Outcome outcome = exchange.connect(FixedKeyManager.context(WEB, client));
      assertThat(outcome.completed()).as("%s", outcome).isTrue();
      assertThat(client.reverify(outcome.clientSession(), Role.SERVER).id()).contains(ORDERS.id());
      assertThat(server.reverify(outcome.serverSession(), Role.CLIENT).id()).contains(WEB.id());
    }
  }

  @Test
  void serverThatIsAnotherMemberThanExpectedIsRefusedByName() throws Exception {
    SpiffeId expected = SpiffeId.parse("spiffe://west.mesh.internal/ns/shop/sa/payments");
    LiveTrustManager client = expecting(ExpectedPeers.exactly(expected));
    try (TlsExchange exchange =
        new TlsExchange(FixedKeyManager.context(ORDERS, expecting(ExpectedPeers.any())))) {
      Outcome outcome = exchange.connect(FixedKeyManager.context(WEB, client));
      assertThat(outcome.clientFailure())
          .hasRootCauseInstanceOf(PeerRefusedException.class)
          .hasStackTraceContaining(ORDERS.id().toString())
          .hasStackTraceContaining("expected: " + expected);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = BadChain.class,
      names = {
        "UNCONSTRAINED_INTERMEDIATE",
        "FOREIGN_CONSTRAINT",
        "TWO_CONSTRAINTS",
        "LEAF_WITH_DNS_ONLY",
        "LEAF_WITH_TWO_URIS",
        "LEAF_IS_AUTHORITY",
        "LEAF_EXPIRED",
        "LEAF_NOT_YET_VALID",
        "LEAF_FOR_CODE_SIGNING",
        "UNDER_THE_ROOT",
        "NO_INTERMEDIATE"
      })
  void badChainEndsARealHandshakeInBothRoles(BadChain bad) throws Exception {
    Forged forged = bad.make(FEDERATION);
    FixedKeyManager badKeys = new FixedKeyManager(forged.key(), forged.chain());
    LiveTrustManager trust = expecting(ExpectedPeers.any());
    SSLContext good = FixedKeyManager.context(WEB, trust);
    SSLContext evil = FixedKeyManager.context(badKeys, trust);
    try (TlsExchange exchange = new TlsExchange(evil)) {
      assertRefused(exchange.connect(good).clientFailure(), bad.reason());
    }
    try (TlsExchange exchange = new TlsExchange(good)) {
      assertRefused(exchange.connect(evil).serverFailure(), bad.reason());
    }
  }

  @Test
  void resumedSessionSkipsTheTrustManagerAndReverifyDoesNot() throws Exception {
    LiveTrustManager counting =
        expecting(ExpectedPeers.matching("anybody, counted", _ -> checks.incrementAndGet() > 0));
    SSLContext server = FixedKeyManager.context(ORDERS, counting);
    SSLContext client = FixedKeyManager.context(WEB, counting);
    try (TlsExchange exchange = new TlsExchange(server)) {
      assertThat(exchange.connect(client).completed()).isTrue();
      assertThat(checks).hasValue(2);

      // West's intermediate is stolen and revoked; east leaves the federation.
      TrustBundles changed =
          BUNDLES
              .withRevoked(Set.of(ORDERS.chain().getLast().getSerialNumber()))
              .without(WEB.id().trustDomain());
      current.set(changed);
      Outcome resumed = exchange.connect(client);
      assertThat(resumed.completed()).isTrue();
      assertThat(checks).as("JSSE asks nobody about a resumed session").hasValue(2);

      assertThat(counting.reverify(resumed.clientSession(), Role.SERVER))
          .isInstanceOfSatisfying(
              Verdict.Refused.class, r -> assertThat(r.reason()).isEqualTo(Reason.ISSUER_REVOKED));
      assertThat(counting.reverify(resumed.serverSession(), Role.CLIENT))
          .isInstanceOfSatisfying(
              Verdict.Refused.class,
              r -> assertThat(r.reason()).isEqualTo(Reason.UNKNOWN_TRUST_DOMAIN));

      current.set(BUNDLES);
      assertThat(counting.reverify(resumed.clientSession(), Role.SERVER).trusted()).isTrue();
      assertThat(counting.reverify(resumed.serverSession(), Role.CLIENT).trusted()).isTrue();
    }
  }

  @Test
  void changedBundleRefusesTheNextFullHandshakeOfTheSameContext() throws Exception {
    LiveTrustManager trust = expecting(ExpectedPeers.any());
    SSLContext server = FixedKeyManager.context(ORDERS, trust);
    try (TlsExchange exchange = new TlsExchange(server)) {
      assertThat(exchange.connect(FixedKeyManager.context(WEB, trust)).completed()).isTrue();
      current.set(BUNDLES.without(WEB.id().trustDomain()));
      // A new client context has no session to resume.
      Outcome outcome = exchange.connect(FixedKeyManager.context(WEB, trust));
      assertRefused(outcome.serverFailure(), Reason.UNKNOWN_TRUST_DOMAIN);
    }
  }

  @Test
  void sessionWithoutPeerCertificateIsRefused() throws Exception {
    LiveTrustManager trust = expecting(ExpectedPeers.any());
    var fresh = FixedKeyManager.context(WEB, trust).createSSLEngine().getSession();
    assertThat(trust.reverify(fresh, Role.SERVER))
        .isInstanceOfSatisfying(
            Verdict.Refused.class, r -> assertThat(r.reason()).isEqualTo(Reason.NO_CERTIFICATE));
    assertThat(trust.verify(null, Role.CLIENT).trusted()).isFalse();
  }

  private LiveTrustManager expecting(ExpectedPeers peers) {
    return new LiveTrustManager(current::get, peers, InstantSource.system(), verifier);
  }

  private static void assertRefused(@Nullable Exception failure, Reason reason) {
    assertThat(failure).isNotNull();
    Throwable cause = failure;
    while (cause != null && !(cause instanceof PeerRefusedException)) {
      cause = cause.getCause();
    }
    assertThat(cause)
        .as("%s", failure)
        .isInstanceOfSatisfying(
            PeerRefusedException.class,
            refused -> assertThat(refused.verdict().reason()).isEqualTo(reason));
  }
}
