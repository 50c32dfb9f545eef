package dev.hawser.it.differential;

import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtCacheConfig;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtClaimToHeader;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtHeader;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementAndList;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementOrList;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.ProviderWithAudiences;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.RequirementRule;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whose tokens are taken, from where, and what is passed on of them. */
final class JwtCases {
  private static final String FILTER = "envoy.filters.http.jwt_authn";

  private JwtCases() {}

  static Configuration configuration(String name, Dice dice) {
    JwtAuthentication.Builder authentication =
        JwtAuthentication.newBuilder()
            .putProviders("first", provider(dice, "first"))
            .putProviders("second", provider(dice, "second"));
    authentication.addRules(
        RequirementRule.newBuilder().setMatch(RouteMatch.newBuilder().setPrefix("/open")));
    for (int i = 0; i < 5; i++) {
      authentication.addRules(
          RequirementRule.newBuilder()
              .setMatch(RouteMatch.newBuilder().setPrefix("/r" + i))
              .setRequires(i == 4 ? both(dice) : requirement(dice, 1)));
    }
    Map<String, Message> filters = new LinkedHashMap<>();
    filters.put(FILTER, authentication.build());
    if (dice.percent(40)) {
      filters.put("envoy.filters.http.rbac", byClaim(dice));
    }
    VirtualHost host =
        VirtualHost.newBuilder()
            .setName("all")
            .addDomains("*")
            .addRoutes(
                RoutingCases.named("rest")
                    .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                    .setRoute(RouteAction.newBuilder().setCluster(Applications.name(2))))
            .build();
    return new Configuration(
        name,
        RouteConfiguration.newBuilder().setName(name).addVirtualHosts(host).build(),
        filters,
        Configuration.Edge.NORMAL,
        random -> request(new Dice(random)));
  }

  private static JwtProvider provider(Dice dice, String name) {
    JwtProvider.Builder provider =
        JwtProvider.newBuilder()
            .setLocalJwks(DataSource.newBuilder().setInlineString(Tokens.keys()))
            .setForward(dice.percent(50));
    provider.setIssuer(name.equals("first") ? Tokens.ISSUER : Tokens.SECOND_ISSUER);
    if (dice.percent(60)) {
      provider.addAudiences("shop").addAudiences("unused");
    }
    if (dice.percent(25)) {
      provider.setRequireExpiration(true);
    }
    if (dice.percent(30)) {
      provider.setClockSkewSeconds(dice.of(1, 10, 300));
    }
    if (dice.percent(20)) {
      provider.setSubjects(StringMatcher.newBuilder().setPrefix(dice.of("an", "bob")));
    }
    if (dice.percent(50)) {
      provider.setForwardPayloadHeader("x-payload-" + name);
      provider.setPadForwardPayloadHeader(dice.percent(50));
    }
    if (dice.percent(60)) {
      for (String claim : List.of("sub", "level", "admin", "nested.team", "scope", "none")) {
        provider.addClaimToHeaders(
            JwtClaimToHeader.newBuilder()
                .setHeaderName("x-claim-" + claim.replace('.', '-') + "-" + name)
                .setClaimName(claim));
      }
    }
    if (dice.percent(60)) {
      provider.setPayloadInMetadata("payload");
    }
    if (dice.percent(30)) {
      provider.setJwtCacheConfig(JwtCacheConfig.newBuilder().setJwtCacheSize(50));
    }
    switch (dice.below(4)) {
      case 0 ->
          provider.addFromHeaders(JwtHeader.newBuilder().setName("x-token").setValuePrefix(""));
      case 1 ->
          provider
              .addFromHeaders(
                  JwtHeader.newBuilder().setName("authorization").setValuePrefix("Token "))
              .addFromParams("token");
      case 2 -> provider.addFromCookies("session").addFromParams("token");
      default -> {}
    }
    return provider.build();
  }

  private static JwtRequirement requirement(Dice dice, int depth) {
    JwtRequirement.Builder requirement = JwtRequirement.newBuilder();
    switch (dice.below(depth > 0 ? 8 : 5)) {
      case 0, 1 -> requirement.setProviderName(dice.of("first", "second"));
      case 2 ->
          requirement.setProviderAndAudiences(
              ProviderWithAudiences.newBuilder()
                  .setProviderName(dice.of("first", "second"))
                  .addAudiences(dice.of("shop", "other")));
      case 3 -> requirement.setAllowMissing(Empty.getDefaultInstance());
      case 4 -> requirement.setAllowMissingOrFailed(Empty.getDefaultInstance());
      case 5 -> requirement.mergeFrom(both(dice));
      default ->
          requirement.setRequiresAny(
              JwtRequirementOrList.newBuilder()
                  .addRequirements(requirement(dice, 0))
                  .addRequirements(requirement(dice, 0)));
    }
    return requirement.build();
  }

  private static JwtRequirement both(Dice dice) {
    return JwtRequirement.newBuilder()
        .setRequiresAll(
            JwtRequirementAndList.newBuilder()
                .addRequirements(requirement(dice, 0))
                .addRequirements(requirement(dice, 0)))
        .build();
  }

  /** Returns whether tokens may not be passed on. */
  static boolean takesTokens(Case one) {
    return one.configuration().filters().get(FILTER) instanceof JwtAuthentication authentication
        && authentication.getProvidersMap().values().stream()
            .anyMatch(provider -> !provider.getForward());
  }

  /** Returns whether a request needs all of several things. */
  static boolean needsAll(Case one) {
    return one.configuration().filters().get(FILTER) instanceof JwtAuthentication authentication
        && authentication.getRulesList().stream()
            .filter(rule -> one.request().target().startsWith(rule.getMatch().getPrefix()))
            .findFirst()
            .filter(rule -> rule.getRequires().hasRequiresAll())
            .isPresent();
  }

  private static Message byClaim(Dice dice) {
    MetadataMatcher matcher =
        MetadataMatcher.newBuilder()
            .setFilter(FILTER)
            .addPath(MetadataMatcher.PathSegment.newBuilder().setKey("payload"))
            .addPath(MetadataMatcher.PathSegment.newBuilder().setKey(dice.of("sub", "scope")))
            .setValue(
                ValueMatcher.newBuilder()
                    .setStringMatch(StringMatcher.newBuilder().setPrefix(dice.of("a", "read"))))
            .build();
    @SuppressWarnings("deprecation")
    Principal principal = Principal.newBuilder().setMetadata(matcher).build();
    return io.envoyproxy
        .envoy
        .extensions
        .filters
        .http
        .rbac
        .v3
        .RBAC
        .newBuilder()
        .setRules(
            RBAC.newBuilder()
                .setAction(dice.of(RBAC.Action.ALLOW, RBAC.Action.DENY))
                .putPolicies(
                    "claim",
                    Policy.newBuilder()
                        .addPermissions(Permission.newBuilder().setAny(true))
                        .addPrincipals(principal)
                        .build()))
        .build();
  }

  private static Request request(Dice dice) {
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("host", "shop.test"));
    String query = "";
    boolean authorized = false;
    for (int i = dice.of(0, 1, 1, 1, 1, 2); i > 0; i--) {
      String token = Tokens.any(dice);
      int place = dice.below(authorized ? 3 : 8);
      authorized |= place > 2;
      switch (place) {
        case 0 -> fields.add(new Field("X-Token", token));
        case 1 -> query = "?a=1&token=" + token;
        case 2 -> fields.add(new Field("cookie", "x=1; session=" + token));
        case 3 -> fields.add(new Field("authorization", "Token " + token));
        case 4 ->
            fields.add(
                new Field("Authorization", dice.of("bearer ", "Bearer  ", "Bearer", "") + token));
        default -> fields.add(new Field("Authorization", "Bearer " + token));
      }
    }
    if (dice.percent(20)) {
      fields.add(new Field("X-Claim-Sub-First", "forged"));
      fields.add(new Field("x-payload-second", "forged"));
    }
    String path = dice.of("/open", "/r0", "/r1", "/r2", "/r3", "/r4", "/r1/x", "/none");
    return new Request(dice.of("GET", "GET", "POST", "OPTIONS"), path + query, fields, "");
  }
}
