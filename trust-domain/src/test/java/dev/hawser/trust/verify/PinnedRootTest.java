package dev.hawser.trust.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.testing.FixedKeyManager;
import dev.hawser.trust.testing.MemoryTokenStore;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.token.JoinToken;
import dev.hawser.trust.token.TokenIssuer;
import dev.hawser.trust.token.TokenKind;
import dev.hawser.trust.token.TokenLedger;
import dev.hawser.trust.verify.TlsExchange.Outcome;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;

class PinnedRootTest {
  private static final TestAuthority FEDERATION = TestAuthority.create();
  private static final X509Certificate ROOT = FEDERATION.root().certificate();

  private final JoinToken token = token(FEDERATION);
  private final PinnedRootTrustManager pinned =
      new PinnedRootTrustManager(token, InstantSource.system(), new PeerVerifier());

  @Test
  void controlPlaneOfTheInvitingClusterIsAccepted() throws Exception {
    assertThat(pinned.root()).isEmpty();
    Svid east = FEDERATION.controlPlane("east");
    Outcome outcome = handshake(east, east.chainWith(ROOT));
    assertThat(outcome.clientFailure()).isNull();
    assertThat(pinned.root()).contains(ROOT);
  }

  @Test
  void serverOfAnotherFederationIsRefusedByThePin() throws Exception {
    TestAuthority imposter = TestAuthority.create();
    Svid fake = imposter.controlPlane("east");
    Outcome outcome = handshake(fake, fake.chainWith(imposter.root().certificate()));
    assertRefused(outcome, Reason.PIN_MISMATCH);
    assertThat(pinned.root()).isEmpty();
  }

  @Test
  void genuineRootBehindAForeignChainIsRefused() throws Exception {
    Svid fake = TestAuthority.create().controlPlane("east");
    assertRefused(handshake(fake, fake.chainWith(ROOT)), Reason.UNKNOWN_ROOT);
  }

  @Test
  void serverThatDoesNotSendItsRootIsRefused() throws Exception {
    Svid east = FEDERATION.controlPlane("east");
    assertRefused(handshake(east, east.chainWith()), Reason.PIN_MISMATCH);
  }

  @Test
  void anotherWorkloadOfTheSameClusterIsRefused() throws Exception {
    Svid web = FEDERATION.workload("east", "shop", "web");
    assertRefused(handshake(web, web.chainWith(ROOT)), Reason.UNEXPECTED_PEER);
  }

  @Test
  void controlPlaneOfAnotherClusterUnderTheSameRootIsRefused() throws Exception {
    Svid west = FEDERATION.controlPlane("west");
    assertRefused(handshake(west, west.chainWith(ROOT)), Reason.UNKNOWN_TRUST_DOMAIN);
  }

  @Test
  void rootAloneOrNothingIsRefused() {
    assertThat(pinned.verify(new X509Certificate[] {ROOT}).trusted()).isFalse();
    assertThat(pinned.verify(new X509Certificate[0]))
        .isInstanceOfSatisfying(
            Verdict.Refused.class, r -> assertThat(r.reason()).isEqualTo(Reason.NO_CERTIFICATE));
    assertThat(pinned.verify(null).trusted()).isFalse();
  }

  @Test
  void joinerAcceptsNoClients() {
    X509Certificate[] chain = FEDERATION.controlPlane("east").chainWith(ROOT);
    assertThatThrownBy(() -> pinned.checkClientTrusted(chain, "ECDSA"))
        .isInstanceOf(CertificateException.class);
  }

  private Outcome handshake(Svid svid, X509Certificate[] chain) throws Exception {
    SSLContext server =
        FixedKeyManager.context(
            new FixedKeyManager(svid.privateKey(), List.of(chain)), acceptingAnyClient());
    try (TlsExchange exchange = new TlsExchange(server)) {
      Svid joiner = TestAuthority.create().workload("new", "a", "b");
      return exchange.connect(FixedKeyManager.context(joiner, pinned));
    }
  }

  /** A joiner has no certificate of the federation yet; what the server thinks is not the point. */
  private static X509ExtendedTrustManager acceptingAnyClient() {
    return new OpenDoor();
  }

  private static void assertRefused(Outcome outcome, Reason reason) {
    Throwable cause = outcome.clientFailure();
    while (cause != null && !(cause instanceof PeerRefusedException)) {
      cause = cause.getCause();
    }
    assertThat(cause)
        .as("%s", outcome.clientFailure())
        .isInstanceOfSatisfying(
            PeerRefusedException.class,
            refused -> assertThat(refused.verdict().reason()).isEqualTo(reason));
  }

  private static JoinToken token(TestAuthority authority) {
    TokenIssuer issuer =
        new TokenIssuer(
            "east",
            TestAuthority.MESH_DOMAIN,
            List.of("127.0.0.1:15012"),
            List.of("127.0.0.1:15443"),
            authority.root().pin());
    return new TokenLedger(
            new MemoryTokenStore(), () -> issuer, InstantSource.system(), (_, _) -> {})
        .issue(TokenKind.CLUSTER, "", "", TokenLedger.DEFAULT_TTL);
  }
}
