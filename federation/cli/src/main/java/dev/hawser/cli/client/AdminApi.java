package dev.hawser.cli.client;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.hawser.api.admin.ApplyReport;
import dev.hawser.api.admin.AuthorityStatus;
import dev.hawser.api.admin.CheckReport;
import dev.hawser.api.admin.ClusterStatus;
import dev.hawser.api.admin.EndpointView;
import dev.hawser.api.admin.FederationStatus;
import dev.hawser.api.admin.IssuedToken;
import dev.hawser.api.admin.JoinReport;
import dev.hawser.api.admin.JoinRequest;
import dev.hawser.api.admin.ServiceView;
import dev.hawser.api.admin.TokenRequest;
import dev.hawser.api.admin.TokenView;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The administration API by its resources. */
public final class AdminApi implements AutoCloseable {
  /** A join talks to another cluster, which may have to ask a third one for a signature. */
  private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(60);

  private static final Duration QUICK = Duration.ofSeconds(10);

  private final AdminClient client;

  public AdminApi(AdminClient client) {
    this.client = client;
  }

  public ClusterStatus cluster() {
    return client.get("v1/cluster", new TypeReference<>() {});
  }

  public IssuedToken issueToken(TokenRequest request) {
    return client.post("v1/tokens", request, QUICK, new TypeReference<>() {});
  }

  public List<TokenView> tokens() {
    return client.get("v1/tokens", new TypeReference<>() {});
  }

  public void revokeToken(String id) {
    client.delete("v1/tokens/" + encode(id));
  }

  public JoinReport join(JoinRequest request) {
    return client.post("v1/federation/join", request, JOIN_TIMEOUT, new TypeReference<>() {});
  }

  public void leave() {
    client.post("v1/federation/leave");
  }

  public FederationStatus federation() {
    return client.get("v1/federation", new TypeReference<>() {});
  }

  public AuthorityStatus authority() {
    return client.get("v1/authority", new TypeReference<>() {});
  }

  /** Has a new intermediate made, by the root's holder if that is another cluster. */
  public AuthorityStatus renewAuthority() {
    return client.post("v1/authority/renew", Map.of(), JOIN_TIMEOUT, new TypeReference<>() {});
  }

  /** Takes an intermediate back. */
  public void revokeIntermediate(String serial) {
    client.delete("v1/authority/intermediates/" + encode(serial), JOIN_TIMEOUT);
  }

  public List<ServiceView> services() {
    return client.get("v1/services", new TypeReference<>() {});
  }

  /**
   * Returns the endpoints behind a service, or all.
   *
   * @param service {@code name.namespace}; empty for all
   */
  public List<EndpointView> endpoints(String service) {
    String query = service.isEmpty() ? "" : "?service=" + encode(service);
    return client.get("v1/endpoints" + query, new TypeReference<>() {});
  }

  /** Applies or deletes the resources in YAML documents. */
  public ApplyReport apply(String yaml, boolean delete, boolean dryRun) {
    return client.postYaml(
        "v1/apply?delete=" + delete + "&dryRun=" + dryRun, yaml, new TypeReference<>() {});
  }

  public CheckReport check() {
    return client.get("v1/check", new TypeReference<>() {});
  }

  public void acceptRegistry(String source) {
    client.post("v1/registries/" + encode(source) + "/accept");
  }

  @Override
  public void close() {
    client.close();
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
