package dev.hawser.proxy.codec;

import com.google.protobuf.Any;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.FilterEntry;
import dev.hawser.proxy.model.FilterOverride;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads chains of HTTP filters, and what routes say about them. */
final class FilterCodecs {
  /** The one list of HTTP filters. */
  private static final List<FilterCodec> ALL =
      List.of(
          new RbacFilterCodec(),
          new JwtFilterCodec(),
          new ExtAuthzCodec(),
          new BufferFilterCodec(),
          new CorsFilterCodec(),
          new FaultFilterCodec(),
          new LocalLimitFilterCodec(),
          new ServiceLimitFilterCodec());

  private static final String ROUTE_FILTER =
      "type.googleapis.com/envoy.config.route.v3.FilterConfig";

  private FilterCodecs() {}

  /** Returns the chain without the router, which must end it. */
  static List<FilterEntry> chain(String path, List<HttpFilter> filters)
      throws ResourceRejectedException {
    List<FilterEntry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    boolean routed = false;
    for (int i = 0; i < filters.size(); i++) {
      HttpFilter filter = filters.get(i);
      String at = path + "[" + i + "]";
      SupportedFields.requireOnly(at, filter, "name", "typed_config", "disabled");
      if (routed) {
        throw Fields.rejected(at, filter.getName() + " (expected: nothing after the router)");
      }
      if (!names.add(filter.getName())) {
        throw Fields.rejected(at + ".name", filter.getName() + " (expected: each name once)");
      }
      if (filter.getTypedConfig().is(Router.class)) {
        router(at, filter);
        routed = true;
      } else {
        entries.add(entry(at, filter));
      }
    }
    if (!routed) {
      throw Fields.rejected(path, "no router at the end");
    }
    return entries;
  }

  private static void router(String path, HttpFilter filter) throws ResourceRejectedException {
    if (filter.getDisabled()) {
      throw Fields.rejected(path + ".disabled", "true (expected: false for the router)");
    }
    String at = path + ".typed_config";
    SupportedFields.requireOnly(
        at, Fields.unpack(at, filter.getTypedConfig(), Router.getDefaultInstance()));
  }

  private static FilterEntry entry(String path, HttpFilter filter)
      throws ResourceRejectedException {
    Any config = filter.getTypedConfig();
    for (FilterCodec codec : ALL) {
      if (config.is(codec.type())) {
        return new FilterEntry(
            filter.getName(), filter.getDisabled(), codec.config(path + ".typed_config", config));
      }
    }
    throw unknown(path + ".typed_config", config);
  }

  /**
   * Reads what a route, a virtual host or a table says.
   *
   * @param outer what is said farther out; an inner word replaces an outer one
   */
  static Map<String, FilterOverride> overrides(
      String path, Map<String, Any> messages, Map<String, FilterOverride> outer)
      throws ResourceRejectedException {
    if (messages.isEmpty()) {
      return outer;
    }
    Map<String, FilterOverride> all = new HashMap<>(outer);
    for (Map.Entry<String, Any> entry : messages.entrySet()) {
      all.put(entry.getKey(), override(path + "[" + entry.getKey() + "]", entry.getValue()));
    }
    return all;
  }

  private static FilterOverride override(String path, Any message)
      throws ResourceRejectedException {
    if (message.getTypeUrl().equals(ROUTE_FILTER)) {
      io.envoyproxy.envoy.config.route.v3.FilterConfig wrapped =
          Fields.unpack(
              path, message, io.envoyproxy.envoy.config.route.v3.FilterConfig.getDefaultInstance());
      SupportedFields.requireOnly(path, wrapped, "config", "disabled");
      if (wrapped.getDisabled()) {
        return new FilterOverride.Disabled();
      }
      return wrapped.hasConfig()
          ? override(path + ".config", wrapped.getConfig())
          : new FilterOverride.Enabled();
    }
    for (FilterCodec codec : ALL) {
      if (codec.routeType().isPresent() && message.is(codec.routeType().get())) {
        return codec.override(path, message);
      }
    }
    throw unknown(path, message);
  }

  private static ResourceRejectedException unknown(String path, Any message) {
    return Fields.rejected(
        path,
        "type "
            + message.getTypeUrl()
            + " (expected: one of "
            + ALL.stream().map(codec -> codec.type().getName()).toList()
            + ")");
  }
}
