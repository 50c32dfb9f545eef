package dev.hawser.proxy.codec;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.FilterConfig;
import dev.hawser.proxy.model.FilterOverride;
import dev.hawser.proxy.model.JwtConfig;
import dev.hawser.proxy.model.JwtConfig.Requirement;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.ProviderWithAudiences;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.RequirementRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads {@code envoy.filters.http.jwt_authn}. */
final class JwtFilterCodec implements FilterCodec {
  private static final int MAX_DEPTH = 16;

  @Override
  public Class<? extends Message> type() {
    return JwtAuthentication.class;
  }

  @Override
  public FilterConfig config(String path, Any message) throws ResourceRejectedException {
    JwtAuthentication jwt = Fields.unpack(path, message, JwtAuthentication.getDefaultInstance());
    SupportedFields.requireOnly(
        path,
        jwt,
        "providers",
        "rules",
        "bypass_cors_preflight",
        "requirement_map",
        "strip_failure_response",
        "stat_prefix");
    Map<String, JwtConfig.Provider> providers = new HashMap<>();
    for (Map.Entry<String, JwtProvider> entry : new TreeMap<>(jwt.getProvidersMap()).entrySet()) {
      providers.put(
          entry.getKey(),
          JwtProviderCodec.provider(
              path + ".providers[" + entry.getKey() + "]", entry.getKey(), entry.getValue()));
    }
    Map<String, Requirement> named = new HashMap<>();
    for (Map.Entry<String, JwtRequirement> entry : jwt.getRequirementMapMap().entrySet()) {
      named.put(
          entry.getKey(),
          requirement(
              path + ".requirement_map[" + entry.getKey() + "]",
              entry.getValue(),
              providers.keySet(),
              0));
    }
    List<JwtConfig.Rule> rules = new ArrayList<>();
    for (RequirementRule rule : jwt.getRulesList()) {
      rules.add(rule(path + ".rules[" + rules.size() + "]", rule, providers.keySet(), named));
    }
    return new FilterConfig.Jwt(
        new JwtConfig(
            providers, rules, named, jwt.getBypassCorsPreflight(), jwt.getStripFailureResponse()));
  }

  private static JwtConfig.Rule rule(
      String path, RequirementRule rule, Set<String> providers, Map<String, Requirement> named)
      throws ResourceRejectedException {
    Requirement requirement =
        switch (rule.getRequirementTypeCase()) {
          case REQUIRES -> requirement(path + ".requires", rule.getRequires(), providers, 0);
          case REQUIREMENT_NAME -> named.get(rule.getRequirementName());
          case REQUIREMENTTYPE_NOT_SET -> new Requirement.Nothing();
        };
    if (requirement == null) {
      throw Fields.rejected(
          path + ".requirement_name",
          rule.getRequirementName() + " (expected: one of " + named.keySet() + ")");
    }
    return new JwtConfig.Rule(RouteMatchCodec.match(path + ".match", rule.getMatch()), requirement);
  }

  private static Requirement requirement(
      String path, JwtRequirement requirement, Set<String> providers, int depth)
      throws ResourceRejectedException {
    if (depth > MAX_DEPTH) {
      throw Fields.rejected(path, "more than " + MAX_DEPTH + " levels");
    }
    return switch (requirement.getRequiresTypeCase()) {
      case PROVIDER_NAME ->
          of(path + ".provider_name", requirement.getProviderName(), Optional.empty(), providers);
      case PROVIDER_AND_AUDIENCES -> {
        ProviderWithAudiences both = requirement.getProviderAndAudiences();
        yield of(
            path + ".provider_and_audiences.provider_name",
            both.getProviderName(),
            Optional.of(Set.copyOf(both.getAudiencesList())),
            providers);
      }
      case REQUIRES_ANY ->
          new Requirement.AnyOf(
              all(
                  path + ".requires_any.requirements",
                  requirement.getRequiresAny().getRequirementsList(),
                  providers,
                  depth));
      case REQUIRES_ALL ->
          new Requirement.AllOf(
              all(
                  path + ".requires_all.requirements",
                  requirement.getRequiresAll().getRequirementsList(),
                  providers,
                  depth));
      case ALLOW_MISSING -> new Requirement.MayMiss();
      case ALLOW_MISSING_OR_FAILED -> new Requirement.MayFail();
      case REQUIRESTYPE_NOT_SET -> new Requirement.Nothing();
    };
  }

  private static Requirement of(
      String path, String provider, Optional<Set<String>> audiences, Set<String> providers)
      throws ResourceRejectedException {
    if (!providers.contains(provider)) {
      throw Fields.rejected(path, provider + " (expected: one of " + providers + ")");
    }
    return new Requirement.Of(provider, audiences);
  }

  private static List<Requirement> all(
      String path, List<JwtRequirement> requirements, Set<String> providers, int depth)
      throws ResourceRejectedException {
    if (requirements.size() < 2) {
      throw Fields.rejected(path, requirements.size() + " (expected: at least 2)");
    }
    List<Requirement> all = new ArrayList<>();
    for (JwtRequirement one : requirements) {
      all.add(requirement(path + "[" + all.size() + "]", one, providers, depth + 1));
    }
    return all;
  }

  @Override
  public Optional<Class<? extends Message>> routeType() {
    return Optional.of(PerRouteConfig.class);
  }

  @Override
  public FilterOverride override(String path, Any message) throws ResourceRejectedException {
    PerRouteConfig route = Fields.unpack(path, message, PerRouteConfig.getDefaultInstance());
    return switch (route.getRequirementSpecifierCase()) {
      case DISABLED -> new FilterOverride.Disabled();
      case REQUIREMENT_NAME -> new FilterOverride.Jwt(route.getRequirementName());
      default -> throw Fields.rejected(path, "empty (expected: disabled or requirement_name)");
    };
  }
}
