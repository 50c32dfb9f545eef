package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.AddressRange;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads authorization rules. */
final class AccessCodec {
  private AccessCodec() {}

  static Access access(String path, RBAC rbac) throws ResourceRejectedException {
    SupportedFields.requireOnly(path, rbac, "action", "policies");
    if (rbac.getAction() == RBAC.Action.LOG || rbac.getAction() == RBAC.Action.UNRECOGNIZED) {
      throw Fields.rejected(path + ".action", rbac.getAction() + " (expected: ALLOW or DENY)");
    }
    List<Access.Policy> policies = new ArrayList<>();
    for (Map.Entry<String, Policy> entry : new TreeMap<>(rbac.getPoliciesMap()).entrySet()) {
      String at = path + ".policies[" + entry.getKey() + "]";
      Policy policy = entry.getValue();
      SupportedFields.requireOnly(at, policy, "permissions", "principals");
      policies.add(
          new Access.Policy(
              entry.getKey(),
              principals(at + ".principals", policy.getPrincipalsList()),
              permissions(at + ".permissions", policy.getPermissionsList())));
    }
    return new Access(rbac.getAction() == RBAC.Action.ALLOW, policies);
  }

  private static List<Access.Rule> principals(String path, List<Principal> principals)
      throws ResourceRejectedException {
    List<Access.Rule> rules = new ArrayList<>();
    for (int i = 0; i < principals.size(); i++) {
      rules.add(principal(path + "[" + i + "]", principals.get(i)));
    }
    return rules;
  }

  private static Access.Rule principal(String path, Principal principal)
      throws ResourceRejectedException {
    return switch (principal.getIdentifierCase()) {
      case ANY -> any(path, principal.getAny());
      case AND_IDS ->
          new Access.Rule.All(principals(path + ".and_ids", principal.getAndIds().getIdsList()));
      case OR_IDS ->
          new Access.Rule.OneOf(principals(path + ".or_ids", principal.getOrIds().getIdsList()));
      case NOT_ID -> new Access.Rule.Not(principal(path + ".not_id", principal.getNotId()));
      case AUTHENTICATED ->
          principal.getAuthenticated().hasPrincipalName()
              ? new Access.Rule.Caller(
                  TextCodec.text(
                      path + ".authenticated.principal_name",
                      principal.getAuthenticated().getPrincipalName()))
              : new Access.Rule.Authenticated();
      case HEADER ->
          new Access.Rule.Header(TextCodec.header(path + ".header", principal.getHeader()));
      case URL_PATH -> path(path + ".url_path", principal.getUrlPath());
      case DIRECT_REMOTE_IP ->
          new Access.Rule.Source(range(path + ".direct_remote_ip", principal.getDirectRemoteIp()));
      default -> throw unknown(path, principal.getIdentifierCase());
    };
  }

  private static List<Access.Rule> permissions(String path, List<Permission> permissions)
      throws ResourceRejectedException {
    List<Access.Rule> rules = new ArrayList<>();
    for (int i = 0; i < permissions.size(); i++) {
      rules.add(permission(path + "[" + i + "]", permissions.get(i)));
    }
    return rules;
  }

  private static Access.Rule permission(String path, Permission permission)
      throws ResourceRejectedException {
    return switch (permission.getRuleCase()) {
      case ANY -> any(path, permission.getAny());
      case AND_RULES ->
          new Access.Rule.All(
              permissions(path + ".and_rules", permission.getAndRules().getRulesList()));
      case OR_RULES ->
          new Access.Rule.OneOf(
              permissions(path + ".or_rules", permission.getOrRules().getRulesList()));
      case NOT_RULE -> new Access.Rule.Not(permission(path + ".not_rule", permission.getNotRule()));
      case HEADER ->
          new Access.Rule.Header(TextCodec.header(path + ".header", permission.getHeader()));
      case URL_PATH -> path(path + ".url_path", permission.getUrlPath());
      case DESTINATION_PORT -> new Access.Rule.Port(permission.getDestinationPort());
      case REQUESTED_SERVER_NAME ->
          new Access.Rule.ServerName(
              TextCodec.text(path + ".requested_server_name", permission.getRequestedServerName()));
      default -> throw unknown(path, permission.getRuleCase());
    };
  }

  /** {@code any: false} means nothing that anybody could mean. */
  private static Access.Rule any(String path, boolean value) throws ResourceRejectedException {
    if (!value) {
      throw Fields.rejected(path + ".any", "false (expected: true)");
    }
    return new Access.Rule.Any();
  }

  private static Access.Rule path(String path, PathMatcher matcher)
      throws ResourceRejectedException {
    return new Access.Rule.Path(TextCodec.text(path + ".path", matcher.getPath()));
  }

  private static AddressRange range(String path, CidrRange range) throws ResourceRejectedException {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(range.getAddressPrefix());
    if (bytes == null) {
      throw Fields.rejected(path, range.getAddressPrefix() + " (expected: an IP address)");
    }
    try {
      return new AddressRange(InetAddress.getByAddress(bytes), range.getPrefixLen().getValue());
    } catch (UnknownHostException | IllegalArgumentException e) {
      throw Fields.rejected(path, String.valueOf(e.getMessage()));
    }
  }

  private static ResourceRejectedException unknown(String path, Enum<?> kind) {
    return Fields.rejected(
        path,
        kind
            + " (expected: any, and, or, not, authenticated, header, url_path, direct_remote_ip,"
            + " destination_port or requested_server_name)");
  }
}
