package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.AddressRange;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.rbac.v3.MetadataSource;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import io.envoyproxy.envoy.type.v3.Int32Range;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads authorization rules. Remote addresses are those of the connection: no proxy before this one
 * is trusted to tell another.
 */
final class AccessCodec {
  private AccessCodec() {}

  /**
   * Reads rules.
   *
   * @param shadow empty if they are enforced
   * @param statPrefix whose rules they are, in metrics
   */
  static Access access(String path, RBAC rbac, Optional<String> shadow, String statPrefix)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, rbac, "action", "policies");
    Access.Action action =
        switch (rbac.getAction()) {
          case ALLOW -> Access.Action.ALLOW;
          case DENY -> Access.Action.DENY;
          case LOG -> Access.Action.LOG;
          case UNRECOGNIZED ->
              throw Fields.rejected(path + ".action", "unknown (expected: ALLOW, DENY or LOG)");
        };
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
    return new Access(action, policies, shadow, statPrefix);
  }

  private static List<Access.Rule> principals(String path, List<Principal> principals)
      throws ResourceRejectedException {
    List<Access.Rule> rules = new ArrayList<>();
    for (int i = 0; i < principals.size(); i++) {
      rules.add(principal(path + "[" + i + "]", principals.get(i)));
    }
    return rules;
  }

  /** What is deprecated is what control planes still send. */
  @SuppressWarnings("deprecation")
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
      case SOURCE_IP -> new Access.Rule.Source(range(path + ".source_ip", principal.getSourceIp()));
      case DIRECT_REMOTE_IP ->
          new Access.Rule.Source(range(path + ".direct_remote_ip", principal.getDirectRemoteIp()));
      case REMOTE_IP -> new Access.Rule.Source(range(path + ".remote_ip", principal.getRemoteIp()));
      case METADATA -> told(path + ".metadata", principal.getMetadata());
      case SOURCED_METADATA -> {
        requireDynamic(
            path + ".sourced_metadata", principal.getSourcedMetadata().getMetadataSource());
        yield told(
            path + ".sourced_metadata.metadata_matcher",
            principal.getSourcedMetadata().getMetadataMatcher());
      }
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

  @SuppressWarnings("deprecation")
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
      case URI_TEMPLATE -> template(path + ".uri_template", permission);
      case DESTINATION_IP ->
          new Access.Rule.Destination(
              range(path + ".destination_ip", permission.getDestinationIp()));
      case DESTINATION_PORT -> new Access.Rule.Port(permission.getDestinationPort());
      case DESTINATION_PORT_RANGE ->
          ports(path + ".destination_port_range", permission.getDestinationPortRange());
      case METADATA -> told(path + ".metadata", permission.getMetadata());
      case SOURCED_METADATA -> {
        requireDynamic(
            path + ".sourced_metadata", permission.getSourcedMetadata().getMetadataSource());
        yield told(
            path + ".sourced_metadata.metadata_matcher",
            permission.getSourcedMetadata().getMetadataMatcher());
      }
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

  private static Access.Rule template(String path, Permission permission)
      throws ResourceRejectedException {
    String at = path + ".typed_config";
    UriTemplateMatchConfig template =
        Fields.unpack(
            at,
            permission.getUriTemplate().getTypedConfig(),
            UriTemplateMatchConfig.getDefaultInstance());
    return new Access.Rule.Path(
        PathTemplates.match(at + ".path_template", template.getPathTemplate()));
  }

  /** The range ends before its last number. */
  private static Access.Rule ports(String path, Int32Range range) throws ResourceRejectedException {
    if (range.getStart() < 0 || range.getEnd() > 65536 || range.getStart() >= range.getEnd()) {
      throw Fields.rejected(
          path, range.getStart() + "-" + range.getEnd() + " (expected: ports, start before end)");
    }
    return new Access.Rule.Port(range.getStart(), range.getEnd() - 1);
  }

  private static void requireDynamic(String path, MetadataSource source)
      throws ResourceRejectedException {
    if (source != MetadataSource.DYNAMIC) {
      throw Fields.rejected(path + ".metadata_source", source + " (expected: DYNAMIC)");
    }
  }

  private static Access.Rule told(String path, MetadataMatcher matcher)
      throws ResourceRejectedException {
    return MetadataCodec.rule(path, matcher);
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
            + " (expected: any, and, or, not, authenticated, header, url_path, uri_template,"
            + " metadata, source_ip, direct_remote_ip, remote_ip, destination_ip,"
            + " destination_port, destination_port_range or requested_server_name)");
  }
}
