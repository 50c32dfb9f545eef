package dev.hawser.proxy.codec;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.hawser.engine.xds.ResourceRejectedException;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RouteRefusalTest {
  private static final JsonFormat.Parser PARSER =
      JsonFormat.parser()
          .usingTypeRegistry(
              TypeRegistry.newBuilder()
                  .add(CorsPolicy.getDescriptor())
                  .add(HTTPFault.getDescriptor())
                  .add(LocalRateLimit.getDescriptor())
                  .add(Router.getDescriptor())
                  .add(UriTemplateMatchConfig.getDescriptor())
                  .build());

  private static final String TYPE = "'@type': 'type.googleapis.com/envoy.extensions.";

  static Stream<Arguments> refused() {
    String match = "'match': {'prefix': '/'}, ";
    String route = match + "'route': {'cluster': 'c', ";
    String filter = route + "}, 'typedPerFilterConfig': {'f': {" + TYPE + "filters.http.";
    return Stream.of(
        of(
            "'match': {'connectMatcher': {}}, 'route': {'cluster': 'c'}",
            "route.upgrade_configs: without CONNECT"),
        of(
            "'match': {'prefix': '/'}, 'route': {'cluster': 'c', 'upgradeConfigs': [{'upgradeType': 'CONNECT', 'connectConfig': {}}]}",
            "route.upgrade_configs: CONNECT (expected: only with match.connect_matcher)"),
        of(
            "'match': {'connectMatcher': {}}, 'route': {'cluster': 'c', 'upgradeConfigs': [{'upgradeType': 'CONNECT'}]}",
            "route.upgrade_configs[0].connect_config: not set"),
        of(
            "'match': {'connectMatcher': {}}, 'route': {'cluster': 'c', 'upgradeConfigs': [{'upgradeType': 'CONNECT', 'connectConfig': {'allowPost': true}}]}",
            "route.upgrade_configs[0].connect_config.allow_post"),
        of(
            "'match': {'safeRegex': {'regex': '(a'}}, 'route': {'cluster': 'c'}",
            "match.safe_regex.regex: "),
        of(
            "'match': {'safeRegex': {'regex': '(a)\\\\1'}}, 'route': {'cluster': 'c'}",
            "match.safe_regex.regex: "),
        of(
            "'match': {'pathSeparatedPrefix': '/a/'}, 'route': {'cluster': 'c'}",
            "match.path_separated_prefix: /a/ (expected: "),
        of(
            "'match': {'prefix': '/', 'dynamicMetadata': [{}]}, 'route': {'cluster': 'c'}",
            "match.dynamic_metadata: not supported"),
        of(
            "'match': {'pathMatchPolicy': {'name': 't', 'typedConfig': {"
                + TYPE
                + "path.match.uri_template.v3.UriTemplateMatchConfig',"
                + " 'pathTemplate': '/a/{b'}}}, 'route': {'cluster': 'c'}",
            "match.path_match_policy.typed_config.path_template: /a/{b (expected: }"),
        of(
            "'match': {'pathMatchPolicy': {'name': 't', 'typedConfig': {"
                + TYPE
                + "path.match.uri_template.v3.UriTemplateMatchConfig',"
                + " 'pathTemplate': '/**/*'}}}, 'route': {'cluster': 'c'}",
            "match.path_match_policy.typed_config.path_template: /**/* (expected: "),
        of(
            "'match': {'prefix': '/'}",
            ": ACTION_NOT_SET (expected: route, redirect or direct_response)"),
        of(route + "'internalRedirectPolicy': {}}", "route.internal_redirect_policy: not"),
        of(
            route + "'prefixRewrite': '/a', 'regexRewrite': {'pattern': {'regex': 'a'}}}",
            "route: several rewrites"),
        of(
            route + "'regexRewrite': {'pattern': {'regex': 'a'}, 'substitution': '\\\\1'}}",
            "route.regex_rewrite.substitution: \\1 (expected: \\0-\\0"),
        of(route + "'prefixRewrite': '/a b'}", "route.prefix_rewrite: has a space"),
        of(
            route + "'requestMirrorPolicies': [{'clusterHeader': 'x'}]}",
            "route.request_mirror_policies[0].cluster_header: not supported"),
        of(
            route + "'rateLimits': [{'actions': [{'sourceCluster': {}}]}]}",
            "route.rate_limits[0].actions[0]: SOURCE_CLUSTER (expected: "),
        of(
            match + "'route': {'weightedClusters': {'clusters': [{'name': 'a', 'weight': 0}]}}",
            "route.weighted_clusters: no weight above 0"),
        of(
            match + "'redirect': {'portRedirect': 70000}",
            "redirect.port_redirect: 70000 (expected: 0-65535)"),
        of(
            match + "'directResponse': {'status': 42}",
            "direct_response.status: 42 (expected: 200-599)"),
        of(
            match + "'directResponse': {'status': 200, 'body': {'filename': '/etc/passwd'}}",
            "direct_response.body.filename: not supported"),
        of(
            route + "}, 'requestHeadersToAdd': [{'header': {'key': ':path', 'value': '/'}}]",
            "request_headers_to_add[0].header.key: ':path' (expected: "),
        of(
            route + "}, 'requestHeadersToAdd': [{'header': {'key': 'host', 'value': 'x'}}]",
            "request_headers_to_add[0].header.key: host (expected: "),
        of(
            route + "}, 'responseHeadersToRemove': ['Content-Length']",
            "response_headers_to_remove[0]: content-length (expected: "),
        of(
            route + "}, 'requestHeadersToAdd': [{'header': {'key': 'a', 'value': '%NOPE%'}}]",
            "request_headers_to_add[0].header.value: %NOPE% (expected: REQ, "),
        of(
            route + "}, 'requestHeadersToAdd': [{'header': {'key': 'a', 'value': 'a\\nb: c'}}]",
            "request_headers_to_add[0].header.value: a control character"),
        of(
            filter + "router.v3.Router'}}",
            "typed_per_filter_config[f]: type type.googleapis.com/envoy.extensions"),
        of(
            filter + "cors.v3.CorsPolicy', 'allowPrivateNetworkAccess': true}}",
            "typed_per_filter_config[f].allow_private_network_access: not supported"),
        of(
            filter + "fault.v3.HTTPFault', 'upstreamCluster': 'x'}}",
            "typed_per_filter_config[f].upstream_cluster: not supported"),
        of(
            filter + "fault.v3.HTTPFault', 'abort': {'httpStatus': 99}}}",
            "typed_per_filter_config[f].abort.http_status: 99 (expected: 200-599)"),
        of(
            filter
                + "local_ratelimit.v3.LocalRateLimit',"
                + " 'localRateLimitPerDownstreamConnection': true}}",
            "typed_per_filter_config[f].local_rate_limit_per_downstream_connection: not"),
        of(
            filter
                + "local_ratelimit.v3.LocalRateLimit',"
                + " 'tokenBucket': {'maxTokens': 1, 'fillInterval': '0.01s'}}}",
            "typed_per_filter_config[f].token_bucket.fill_interval: 10 ms (expected: "));
  }

  private static Arguments of(String json, String message) {
    return Arguments.of(json, message);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatWouldNotBeObeyedIsRefusedWithItsPlace(String json, String message)
      throws InvalidProtocolBufferException {
    VirtualHost.Builder host = VirtualHost.newBuilder().setName("h").addDomains("*");
    PARSER.merge(
        "{" + json.replace("',}", "'}").replace(", }", "}").replace('\'', '"') + "}",
        host.addRoutesBuilder());
    RouteConfiguration table = RouteConfiguration.newBuilder().addVirtualHosts(host).build();

    assertThatThrownBy(() -> RouteCodec.read(table))
        .isInstanceOf(ResourceRejectedException.class)
        .hasMessageContaining(message)
        .hasMessageStartingWith("virtual_hosts[0].routes[0]");
  }
}
