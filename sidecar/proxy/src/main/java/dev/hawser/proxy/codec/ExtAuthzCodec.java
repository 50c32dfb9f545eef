package dev.hawser.proxy.codec;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.ExtAuthzConfig;
import dev.hawser.proxy.model.FilterConfig;
import dev.hawser.proxy.model.FilterOverride;
import dev.hawser.proxy.model.TextMatch;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.AuthorizationRequest;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.AuthorizationResponse;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.BufferSettings;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.CheckSettings;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.HttpService;
import io.envoyproxy.envoy.type.matcher.v3.ListStringMatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads {@code envoy.filters.http.ext_authz}. */
final class ExtAuthzCodec implements FilterCodec {
  /** Envoy's own. */
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMillis(200);

  private static final int MAX_BODY = 1 << 20;

  @Override
  public Class<? extends Message> type() {
    return ExtAuthz.class;
  }

  @Override
  public FilterConfig config(String path, Any message) throws ResourceRejectedException {
    ExtAuthz authz = Fields.unpack(path, message, ExtAuthz.getDefaultInstance());
    SupportedFields.requireOnly(
        path,
        authz,
        "grpc_service",
        "http_service",
        "transport_api_version",
        "failure_mode_allow",
        "failure_mode_allow_header_add",
        "with_request_body",
        "clear_route_cache",
        "status_on_error",
        "validate_mutations",
        "metadata_context_namespaces",
        "filter_enabled_metadata",
        "stat_prefix",
        "allowed_headers",
        "disallowed_headers");
    if (authz.getTransportApiVersion() != ApiVersion.V3) {
      throw Fields.rejected(
          path + ".transport_api_version", authz.getTransportApiVersion() + " (expected: V3)");
    }
    int status = authz.getStatusOnError().getCodeValue();
    return new FilterConfig.ExtAuthz(
        new ExtAuthzConfig(
            service(path, authz),
            authz.getFailureModeAllow(),
            authz.getFailureModeAllowHeaderAdd(),
            status == 0 ? 403 : status,
            authz.hasWithRequestBody()
                ? Optional.of(body(path + ".with_request_body", authz.getWithRequestBody()))
                : Optional.empty(),
            sent(path, authz),
            texts(path + ".disallowed_headers", authz.getDisallowedHeaders()),
            authz.hasFilterEnabledMetadata()
                ? Optional.of(
                    MetadataCodec.rule(
                        path + ".filter_enabled_metadata", authz.getFilterEnabledMetadata()))
                : Optional.empty(),
            authz.getMetadataContextNamespacesList(),
            authz.getClearRouteCache()));
  }

  private static ExtAuthzConfig.Service service(String path, ExtAuthz authz)
      throws ResourceRejectedException {
    return switch (authz.getServicesCase()) {
      case GRPC_SERVICE -> grpc(path + ".grpc_service", authz.getGrpcService());
      case HTTP_SERVICE -> http(path + ".http_service", authz.getHttpService());
      default -> throw Fields.rejected(path, "no service (expected: grpc_service or http_service)");
    };
  }

  static ExtAuthzConfig.Service.Grpc grpc(String path, GrpcService service)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, service, "envoy_grpc", "timeout", "initial_metadata");
    String at = path + ".envoy_grpc";
    SupportedFields.requireOnly(at, service.getEnvoyGrpc(), "cluster_name", "authority");
    return new ExtAuthzConfig.Service.Grpc(
        named(at + ".cluster_name", service.getEnvoyGrpc().getClusterName()),
        service.getEnvoyGrpc().getAuthority(),
        timeout(path + ".timeout", service.hasTimeout(), service.getTimeout()),
        added(path + ".initial_metadata", service.getInitialMetadataList()));
  }

  @SuppressWarnings("deprecation")
  private static ExtAuthzConfig.Service http(String path, HttpService service)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        service,
        "server_uri",
        "path_prefix",
        "authorization_request",
        "authorization_response");
    String at = path + ".server_uri";
    SupportedFields.requireOnly(at, service.getServerUri(), "uri", "cluster", "timeout");
    String prefix = service.getPathPrefix();
    if (!prefix.isEmpty() && !prefix.startsWith("/")) {
      throw Fields.rejected(path + ".path_prefix", prefix + " (expected: a path)");
    }
    AuthorizationRequest request = service.getAuthorizationRequest();
    SupportedFields.requireOnly(
        path + ".authorization_request", request, "allowed_headers", "headers_to_add");
    AuthorizationResponse response = service.getAuthorizationResponse();
    String answer = path + ".authorization_response";
    SupportedFields.requireOnly(
        answer,
        response,
        "allowed_upstream_headers",
        "allowed_upstream_headers_to_append",
        "allowed_client_headers",
        "allowed_client_headers_on_success");
    return new ExtAuthzConfig.Service.Http(
        named(at + ".cluster", service.getServerUri().getCluster()),
        timeout(
            at + ".timeout",
            service.getServerUri().hasTimeout(),
            service.getServerUri().getTimeout()),
        prefix,
        added(path + ".authorization_request.headers_to_add", request.getHeadersToAddList()),
        texts(answer + ".allowed_upstream_headers", response.getAllowedUpstreamHeaders()),
        texts(
            answer + ".allowed_upstream_headers_to_append",
            response.getAllowedUpstreamHeadersToAppend()),
        texts(answer + ".allowed_client_headers", response.getAllowedClientHeaders()),
        texts(
            answer + ".allowed_client_headers_on_success",
            response.getAllowedClientHeadersOnSuccess()));
  }

  static String named(String path, String cluster) throws ResourceRejectedException {
    if (cluster.isEmpty()) {
      throw Fields.rejected(path, "empty (expected: a cluster's name)");
    }
    return cluster;
  }

  private static Duration timeout(String path, boolean present, com.google.protobuf.Duration value)
      throws ResourceRejectedException {
    Duration timeout = present ? Fields.duration(path, value) : DEFAULT_TIMEOUT;
    if (!timeout.isPositive()) {
      throw Fields.rejected(path, timeout + " (expected: more than 0)");
    }
    return timeout;
  }

  private static ExtAuthzConfig.Body body(String path, BufferSettings settings)
      throws ResourceRejectedException {
    int most = settings.getMaxRequestBytes();
    if (most <= 0 || most > MAX_BODY) {
      throw Fields.rejected(
          path + ".max_request_bytes",
          Integer.toUnsignedString(most) + " (expected: 1-" + MAX_BODY + ")");
    }
    return new ExtAuthzConfig.Body(
        most, settings.getAllowPartialMessage(), settings.getPackAsBytes());
  }

  /** The list of the HTTP service is the older word for the same. */
  @SuppressWarnings("deprecation")
  private static Optional<List<TextMatch>> sent(String path, ExtAuthz authz)
      throws ResourceRejectedException {
    AuthorizationRequest request = authz.getHttpService().getAuthorizationRequest();
    if (authz.hasAllowedHeaders()) {
      return Optional.of(texts(path + ".allowed_headers", authz.getAllowedHeaders()));
    }
    return request.hasAllowedHeaders()
        ? Optional.of(
            texts(
                path + ".http_service.authorization_request.allowed_headers",
                request.getAllowedHeaders()))
        : Optional.empty();
  }

  private static List<TextMatch> texts(String path, ListStringMatcher matchers)
      throws ResourceRejectedException {
    List<TextMatch> all = new ArrayList<>();
    for (var matcher : matchers.getPatternsList()) {
      TextMatch text = TextCodec.text(path + ".patterns[" + all.size() + "]", matcher);
      // Names of headers are in lower case here, whatever a list says.
      all.add(
          text instanceof TextMatch.Exact(String value, boolean _)
              ? new TextMatch.Exact(value, true)
              : text);
    }
    return all;
  }

  static Map<String, String> added(String path, List<HeaderValue> values)
      throws ResourceRejectedException {
    Map<String, String> headers = new LinkedHashMap<>();
    for (HeaderValue value : values) {
      SupportedFields.requireOnly(path, value, "key", "value");
      boolean sound =
          !value.getKey().isEmpty()
              && !value.getKey().startsWith(":")
              && value.getValue().indexOf('%') < 0
              && (value.getKey() + value.getValue()).chars().allMatch(c -> c >= ' ' && c < 0x7f);
      if (!sound) {
        throw Fields.rejected(path, value.getKey() + " (expected: a header of plain text)");
      }
      headers.put(value.getKey().toLowerCase(Locale.ROOT), value.getValue());
    }
    return headers;
  }

  @Override
  public Optional<Class<? extends Message>> routeType() {
    return Optional.of(ExtAuthzPerRoute.class);
  }

  @Override
  public FilterOverride override(String path, Any message) throws ResourceRejectedException {
    ExtAuthzPerRoute route = Fields.unpack(path, message, ExtAuthzPerRoute.getDefaultInstance());
    SupportedFields.requireOnly(path, route, "disabled", "check_settings");
    if (route.getDisabled()) {
      return new FilterOverride.Disabled();
    }
    CheckSettings settings = route.getCheckSettings();
    String at = path + ".check_settings";
    SupportedFields.requireOnly(
        at, settings, "context_extensions", "disable_request_body_buffering", "with_request_body");
    return new FilterOverride.ExtAuthz(
        new ExtAuthzConfig.ForRoute(
            settings.getContextExtensionsMap(),
            settings.getDisableRequestBodyBuffering(),
            settings.hasWithRequestBody()
                ? Optional.of(body(at + ".with_request_body", settings.getWithRequestBody()))
                : Optional.empty()));
  }
}
