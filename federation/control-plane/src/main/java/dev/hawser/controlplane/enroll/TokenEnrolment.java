package dev.hawser.controlplane.enroll;

import dev.hawser.controlplane.state.StateJson;
import dev.hawser.controlplane.transport.PeerIdentity;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.token.JoinToken;
import dev.hawser.trust.token.JoinTokenException;
import dev.hawser.trust.token.Redemption;
import dev.hawser.trust.token.TokenKind;
import dev.hawser.trust.token.TokenLedger;
import dev.hawser.trust.token.TokenRecord;
import dev.hawser.trust.token.TokenRefusal;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Enrols by join token. The certificate is made and the VM's grant stored before the token is
 * redeemed, so a request that fails on the way leaves the token for another try, and of many at
 * once exactly one gets anything. Who did not get the answer asks again with the same key.
 */
public final class TokenEnrolment {
  private static final Logger LOG = LoggerFactory.getLogger(TokenEnrolment.class);

  private final TokenLedger ledger;
  private final TrustState trust;
  private final GrantBook grants;
  private final InstantSource clock;

  public TokenEnrolment(
      TokenLedger ledger, TrustState trust, GrantBook grants, InstantSource clock) {
    this.ledger = ledger;
    this.trust = trust;
    this.grants = grants;
    this.clock = clock;
  }

  record Enrolled(SpiffeId id, List<X509Certificate> chain, List<GrantedService> services) {}

  /**
   * Redeems a token for a workload, a VM or a gateway.
   *
   * @param key digest of the key in the certificate request
   * @param issue makes the certificate; may throw a refusal
   * @throws StatusRuntimeException with code and hint if the token is not good
   */
  Enrolled enrol(String text, String key, Function<SpiffeId, List<X509Certificate>> issue) {
    JoinToken token = parse(text);
    if (token.kind() == TokenKind.CLUSTER) {
      throw Refusals.of(
          Status.Code.FAILED_PRECONDITION,
          "token-wrong-kind",
          "a token for a cluster (expected: one for a VM, a workload or a gateway)",
          "use it on a control plane: hawser join TOKEN");
    }
    Redemption check = ledger.check(text, token.kind(), PeerIdentity.source(), key);
    if (check instanceof Redemption.Refused refused && refused.reason() == TokenRefusal.USED) {
      // A second use counts and is alarmed; only the redemption itself does that.
      accepted(ledger.redeem(text, token.kind(), PeerIdentity.source(), key));
    }
    TokenRecord checked = accepted(check);
    Grant grant = grant(checked);
    SpiffeId id = grant.identity(trust.trustDomain()).orElseThrow();
    List<X509Certificate> chain = issue.apply(id);
    List<GrantedService> services = grant.grantedServices();
    if (grant.kind() == TokenKind.VM) {
      grants.put(id, grant, clock.instant());
    }
    accepted(ledger.redeem(text, token.kind(), PeerIdentity.source(), key));
    LOG.info(
        "Workload enrolled. id={} by=token token={} source={}",
        id,
        token.id(),
        PeerIdentity.source());
    return new Enrolled(id, chain, services);
  }

  private static JoinToken parse(String text) {
    try {
      return JoinToken.parse(text);
    } catch (JoinTokenException e) {
      throw Refusals.of(
          Status.Code.INVALID_ARGUMENT,
          "token-malformed",
          String.valueOf(e.getMessage()),
          e.hint());
    }
  }

  private static TokenRecord accepted(Redemption redemption) {
    return switch (redemption) {
      case Redemption.Accepted accepted -> accepted.record();
      case Redemption.Refused refused -> {
        LOG.warn(
            "A join token is refused. reason={} source={}",
            refused.reason().code(),
            PeerIdentity.source());
        throw Refusals.of(
            Status.Code.UNAUTHENTICATED,
            refused.reason().code(),
            refused.detail(),
            refused.reason().hint());
      }
    };
  }

  private static Grant grant(TokenRecord token) {
    return StateJson.read(
        "grant of token " + token.id(),
        token.grant().getBytes(StandardCharsets.UTF_8),
        Grant.class);
  }
}
