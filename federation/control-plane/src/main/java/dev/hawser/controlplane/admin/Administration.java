package dev.hawser.controlplane.admin;

import dev.hawser.api.admin.ApplyReport;
import dev.hawser.api.admin.AuthorityStatus;
import dev.hawser.api.admin.CheckReport;
import dev.hawser.api.admin.ClusterStatus;
import dev.hawser.api.admin.EndpointView;
import dev.hawser.api.admin.FederationStatus;
import dev.hawser.api.admin.IssuedToken;
import dev.hawser.api.admin.JoinReport;
import dev.hawser.api.admin.JoinRequest;
import dev.hawser.api.admin.PolicyView;
import dev.hawser.api.admin.ServiceView;
import dev.hawser.api.admin.TokenRequest;
import dev.hawser.api.admin.TokenView;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.enroll.Grant;
import dev.hawser.controlplane.peer.FederationException;
import dev.hawser.controlplane.snapshot.MeshSnapshot;
import dev.hawser.controlplane.state.StateJson;
import dev.hawser.trust.token.JoinToken;
import dev.hawser.trust.token.TokenLedger;
import dev.hawser.trust.token.TokenRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an administrator may see and do, whatever it is asked through. Thread-safe; blocks. */
public final class Administration {
  private static final long MAX_TTL_SECONDS = TokenLedger.MAX_TTL.toSeconds();

  private final AdminParts parts;

  public Administration(AdminParts parts) {
    this.parts = parts;
  }

  ClusterStatus cluster() {
    return new ClusterStatus(
        parts.trust().cluster().name(),
        parts.trust().cluster().meshDomain(),
        parts.trust().uuid(),
        parts.version(),
        parts.started(),
        parts.network(),
        parts.federation().epoch(),
        snapshot().map(MeshSnapshot::digest).orElse(""),
        parts.trust().rootHolder(),
        intermediateExpires(),
        registries(),
        parts.proxies().gateways(),
        parts.proxies().proxies());
  }

  IssuedToken issue(TokenRequest request) {
    Grant grant = ProblemException.input("see: hawser token issue --help", () -> Grant.of(request));
    long seconds = request.ttlSeconds();
    if (seconds < 0 || seconds > MAX_TTL_SECONDS) {
      throw new ProblemException(
          400,
          "invalid",
          "ttlSeconds: " + seconds + " (expected: 1-" + MAX_TTL_SECONDS + ", or 0 for 900)",
          "");
    }
    Duration ttl = seconds == 0 ? TokenLedger.DEFAULT_TTL : Duration.ofSeconds(seconds);
    String text = new String(StateJson.write(grant), StandardCharsets.UTF_8);
    JoinToken token =
        ProblemException.input(
            "", () -> parts.tokens().issue(grant.kind(), grant.subject(), text, ttl));
    return new IssuedToken(token.id(), token.text(), token.expires());
  }

  List<TokenView> tokens() {
    Instant now = parts.clock().instant();
    return parts.tokens().list().stream().map(token -> view(token, now)).toList();
  }

  private static TokenView view(TokenRecord token, Instant now) {
    return new TokenView(
        token.id(),
        token.kind().name(),
        token.subject().isEmpty() ? "any" : token.subject(),
        token.state(now).name(),
        token.created(),
        token.expires(),
        token.attempts());
  }

  void revoke(String id) {
    if (parts.tokens().revoke(id)) {
      return;
    }
    Optional<TokenRecord> known =
        parts.tokens().list().stream().filter(token -> token.id().equals(id)).findFirst();
    if (known.isEmpty()) {
      throw new ProblemException(
          404, "token-unknown", "there is no token '" + id + "'", "see: hawser token list");
    }
    throw new ProblemException(
        409,
        "token-not-open",
        "token " + id + " is " + known.get().state(parts.clock().instant()) + " (expected: OPEN)",
        "see: hawser token list");
  }

  List<ServiceView> services() {
    return snapshot().stream()
        .flatMap(snapshot -> snapshot.services().values().stream())
        .map(StatusViews::service)
        .toList();
  }

  List<EndpointView> endpoints(@Nullable String service) {
    @Nullable ServiceName only =
        service == null
            ? null
            : ProblemException.input("see: hawser services", () -> ServiceName.parse(service));
    Optional<MeshSnapshot> snapshot = snapshot();
    if (only != null && snapshot.flatMap(s -> s.service(only)).isEmpty()) {
      throw new ProblemException(
          404,
          "service-unknown",
          "there is no service '" + only + "' in this mesh",
          "see: hawser services");
    }
    return snapshot
        .map(now ->
            StatusViews.endpoints(
                now,
                only,
                parts.registries().holds(),
                parts.registries().status(),
                parts.clock().instant()))
        .orElse(List.of());
  }

  FederationStatus federation() {
    return parts.federation().status(snapshot().map(StatusViews::conflicts).orElse(List.of()));
  }

  JoinReport join(JoinRequest request) throws FederationException {
    return parts.federation().join(request);
  }

  JoinReport leave() throws FederationException {
    return parts.federation().leave();
  }

  AuthorityStatus authority() {
    return AuthorityViews.of(parts.trust(), parts.clock().instant());
  }

  AuthorityStatus renewAuthority() throws FederationException {
    parts.federation().renewIntermediate();
    return authority();
  }

  AuthorityStatus revokeIntermediate(String serial) throws FederationException {
    parts.federation().revokeIntermediate(serial);
    return authority();
  }

  ApplyReport apply(String yaml, boolean delete, boolean dryRun) {
    return parts.policies().apply(yaml, delete, dryRun);
  }

  List<PolicyView> policies() {
    return parts.policies().list();
  }

  void accept(String source) {
    List<String> sources =
        parts.registries().status().stream().map(status -> status.source()).toList();
    if (!sources.contains(source)) {
      throw new ProblemException(
          404,
          "registry-unknown",
          "there is no registry '" + source + "' (expected: one of " + sources + ")",
          "see: hawser cluster status");
    }
    if (!parts.registries().accept(source)) {
      throw new ProblemException(
          409,
          "nothing-held",
          "nothing of registry '" + source + "' is held",
          "see: hawser cluster status");
    }
  }

  CheckReport check() {
    Checks checks = new Checks();
    checks.registries(registries());
    checks.proxies(parts.proxies().proxies());
    checks.federation(federation(), parts.proxies().gateways());
    checks.certificates(intermediateExpires(), parts.trust().rootHolder(), parts.clock().instant());
    checks.conditions(snapshot().map(MeshSnapshot::conditions).orElse(List.of()));
    checks.exports(parts.offers().get().troubles());
    checks.state(parts.state().damaged());
    checks.tokens(parts.tokens().list());
    return checks.report();
  }

  private Optional<MeshSnapshot> snapshot() {
    return parts.snapshots().current();
  }

  private List<ClusterStatus.RegistryStatus> registries() {
    return parts.registries().status().stream().map(StatusViews::registry).toList();
  }

  private Instant intermediateExpires() {
    return parts.trust().authority().intermediate().getNotAfter().toInstant();
  }
}
