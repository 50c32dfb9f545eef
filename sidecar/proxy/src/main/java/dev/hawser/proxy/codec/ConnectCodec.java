package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.RouteRule;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.UpgradeConfig;

/**
 * Reads what a route says about CONNECT: it ends here, and what follows goes to an endpoint as
 * bytes.
 */
final class ConnectCodec {
  private static final String CONNECT = "CONNECT";

  private ConnectCodec() {}

  /** Checks that CONNECT is ended by exactly the routes that take it. */
  static void check(String path, RouteAction action, RouteRule.PathMatch match)
      throws ResourceRejectedException {
    boolean taken = match instanceof RouteRule.PathMatch.Connect;
    boolean ended = isEnded(path + ".upgrade_configs", action);
    if (taken && !ended) {
      throw Fields.rejected(
          path + ".upgrade_configs",
          "without CONNECT, with match.connect_matcher (expected: CONNECT with connect_config)");
    }
    if (ended && !taken) {
      throw Fields.rejected(
          path + ".upgrade_configs", "CONNECT (expected: only with match.connect_matcher)");
    }
    boolean rewritten =
        !action.getPrefixRewrite().isEmpty()
            || action.hasRegexRewrite()
            || action.hasPathRewritePolicy();
    if (taken && rewritten) {
      throw Fields.rejected(path, "rewrite of a path (expected: none, as CONNECT has no path)");
    }
    if (taken && action.getRequestMirrorPoliciesCount() > 0) {
      throw Fields.rejected(
          path + ".request_mirror_policies", "set (expected: none, as bytes are not mirrored)");
    }
  }

  private static boolean isEnded(String path, RouteAction action) throws ResourceRejectedException {
    boolean ended = false;
    for (int i = 0; i < action.getUpgradeConfigsCount(); i++) {
      UpgradeConfig config = action.getUpgradeConfigs(i);
      String at = path + "[" + i + "]";
      SupportedFields.requireOnly(at, config, "upgrade_type", "enabled", "connect_config");
      if (!config.getUpgradeType().equalsIgnoreCase(CONNECT)) {
        throw Fields.rejected(
            at + ".upgrade_type",
            config.getUpgradeType() + " (expected: CONNECT; others by the connection manager)");
      }
      if (!config.hasConnectConfig()) {
        throw Fields.rejected(
            at + ".connect_config", "not set (expected: set, as CONNECT is not passed on)");
      }
      SupportedFields.requireOnly(at + ".connect_config", config.getConnectConfig());
      ended |= !config.hasEnabled() || config.getEnabled().getValue();
    }
    return ended;
  }
}
