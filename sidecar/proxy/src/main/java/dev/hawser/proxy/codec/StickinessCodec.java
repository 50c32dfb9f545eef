package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.Stickiness;
import dev.hawser.proxy.model.Stickiness.Source;
import io.envoyproxy.envoy.config.route.v3.RouteAction.HashPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads what of a request says which endpoint it goes to. */
final class StickinessCodec {
  private StickinessCodec() {}

  static Stickiness read(String path, List<HashPolicy> from) throws ResourceRejectedException {
    List<Stickiness.Policy> policies = new ArrayList<>();
    for (int i = 0; i < from.size(); i++) {
      String at = path + "[" + i + "]";
      HashPolicy policy = from.get(i);
      SupportedFields.requireOnly(
          at, policy, "header", "cookie", "connection_properties", "query_parameter", "terminal");
      policies.add(new Stickiness.Policy(source(at, policy), policy.getTerminal()));
    }
    return policies.isEmpty() ? Stickiness.NONE : new Stickiness(policies);
  }

  private static Source source(String path, HashPolicy policy) throws ResourceRejectedException {
    return switch (policy.getPolicySpecifierCase()) {
      case HEADER -> {
        SupportedFields.requireOnly(path + ".header", policy.getHeader(), "header_name");
        yield new Source.Header(
            name(path + ".header.header_name", policy.getHeader().getHeaderName())
                .toLowerCase(Locale.ROOT));
      }
      case QUERY_PARAMETER ->
          new Source.Query(
              name(path + ".query_parameter.name", policy.getQueryParameter().getName()));
      case CONNECTION_PROPERTIES -> {
        if (!policy.getConnectionProperties().getSourceIp()) {
          throw Fields.rejected(
              path + ".connection_properties.source_ip", "false (expected: true)");
        }
        yield new Source.Address();
      }
      case COOKIE -> cookie(path + ".cookie", policy.getCookie());
      default ->
          throw Fields.rejected(
              path,
              policy.getPolicySpecifierCase()
                  + " (expected: header, cookie, connection_properties or query_parameter)");
    };
  }

  private static Source cookie(String path, HashPolicy.Cookie cookie)
      throws ResourceRejectedException {
    Optional<Duration> ttl =
        cookie.hasTtl()
            ? Optional.of(Fields.duration(path + ".ttl", cookie.getTtl()))
            : Optional.empty();
    Map<String, String> attributes = new LinkedHashMap<>();
    for (int i = 0; i < cookie.getAttributesCount(); i++) {
      String at = path + ".attributes[" + i + "]";
      HashPolicy.CookieAttribute attribute = cookie.getAttributes(i);
      attributes.put(
          name(at + ".name", attribute.getName()), part(at + ".value", attribute.getValue()));
    }
    return new Source.Cookie(
        name(path + ".name", cookie.getName()),
        ttl,
        part(path + ".path", cookie.getPath()),
        attributes);
  }

  private static String name(String path, String text) throws ResourceRejectedException {
    if (text.isEmpty()) {
      throw Fields.rejected(path, "empty (expected: a name)");
    }
    return part(path, text);
  }

  /** What goes into a head must not be able to end its line or its part. */
  private static String part(String path, String text) throws ResourceRejectedException {
    if (text.chars().anyMatch(c -> c <= ' ' || c >= 0x7f || c == ';')) {
      throw Fields.rejected(path, "'" + text + "' (expected: visible ASCII without ';')");
    }
    return text;
  }
}
