package dev.hawser.proxy.codec;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.FilterConfig;
import dev.hawser.proxy.model.FilterOverride;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code envoy.filters.http.rbac} and {@code envoy.filters.network.rbac}. */
final class RbacFilterCodec implements FilterCodec {
  @Override
  public Class<? extends Message> type() {
    return RBAC.class;
  }

  @Override
  public FilterConfig config(String path, Any message) throws ResourceRejectedException {
    return new FilterConfig.Rbac(
        access(path, Fields.unpack(path, message, RBAC.getDefaultInstance())));
  }

  @Override
  public Optional<Class<? extends Message>> routeType() {
    return Optional.of(RBACPerRoute.class);
  }

  /** Without rules the filter is off for the route. */
  @Override
  public FilterOverride override(String path, Any message) throws ResourceRejectedException {
    RBACPerRoute route = Fields.unpack(path, message, RBACPerRoute.getDefaultInstance());
    SupportedFields.requireOnly(path, route, "rbac");
    return route.hasRbac()
        ? new FilterOverride.Rbac(access(path + ".rbac", route.getRbac()))
        : new FilterOverride.Disabled();
  }

  private static List<Access> access(String path, RBAC rbac) throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path, rbac, "rules", "rules_stat_prefix", "shadow_rules", "shadow_rules_stat_prefix");
    List<Access> all = new ArrayList<>(2);
    if (rbac.hasShadowRules()) {
      all.add(
          AccessCodec.access(
              path + ".shadow_rules",
              rbac.getShadowRules(),
              Optional.of(rbac.getShadowRulesStatPrefix()),
              rbac.getShadowRulesStatPrefix()));
    }
    if (rbac.hasRules()) {
      all.add(
          AccessCodec.access(
              path + ".rules", rbac.getRules(), Optional.empty(), rbac.getRulesStatPrefix()));
    }
    return all;
  }

  /** Reads the filter of connections. */
  static List<Access> network(
      String path, io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC rbac)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path, rbac, "rules", "stat_prefix", "shadow_rules", "shadow_rules_stat_prefix");
    List<Access> all = new ArrayList<>(2);
    if (rbac.hasShadowRules()) {
      all.add(
          AccessCodec.access(
              path + ".shadow_rules",
              rbac.getShadowRules(),
              Optional.of(rbac.getShadowRulesStatPrefix()),
              rbac.getShadowRulesStatPrefix()));
    }
    if (rbac.hasRules()) {
      all.add(
          AccessCodec.access(
              path + ".rules", rbac.getRules(), Optional.empty(), rbac.getStatPrefix()));
    }
    return all;
  }
}
