package dev.hawser.proxy.limit;

import dev.hawser.proxy.filter.FilterCall;
import dev.hawser.proxy.http.HeaderValue;
import dev.hawser.proxy.model.FieldMatch;
import dev.hawser.proxy.model.RateLimits.Action;
import dev.hawser.proxy.model.RateLimits.Entry;
import dev.hawser.proxy.model.RateLimits.Rule;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.routing.RequestPath;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Describes requests for limits. */
final class Descriptors {
  private Descriptors() {}

  /** Returns the descriptors that a request's route makes for a stage. */
  static List<List<Entry>> ofRoute(FilterCall call, int stage) {
    RouteRule route = call.route();
    return route == null ? List.of() : of(route.limits(), call, stage);
  }

  /** Returns the descriptors that rules make for a stage. */
  static List<List<Entry>> of(List<Rule> rules, FilterCall call, int stage) {
    if (rules.isEmpty()) {
      return List.of();
    }
    List<List<Entry>> all = new ArrayList<>(rules.size());
    for (Rule rule : rules) {
      if (rule.stage() == stage) {
        List<Entry> one = describe(rule, call);
        if (!one.isEmpty()) {
          all.add(one);
        }
      }
    }
    return all;
  }

  private static List<Entry> describe(Rule rule, FilterCall call) {
    List<Entry> entries = new ArrayList<>(rule.actions().size());
    for (Action action : rule.actions()) {
      if (action instanceof Action.Header(String name, _, boolean skip)
          && skip
          && HeaderValue.of(call.request(), name) == null) {
        continue;
      }
      Entry entry = entry(action, call);
      if (entry == null) {
        return List.of();
      }
      entries.add(entry);
    }
    return entries;
  }

  private static @Nullable Entry entry(Action action, FilterCall call) {
    return switch (action) {
      case Action.Header(String name, String key, _) -> {
        String value = HeaderValue.of(call.request(), name);
        yield value == null || value.isEmpty() ? null : new Entry(key, value);
      }
      case Action.RemoteAddress _ ->
          call.downstream().source() == null
              ? null
              : new Entry("remote_address", call.downstream().source().getHostAddress());
      case Action.Fixed(String key, String value) -> new Entry(key, value);
      case Action.IfHeaders(String key, String value, boolean wanted, var headers) ->
          headers(headers, call) == wanted ? new Entry(key, value) : null;
      case Action.IfQuery(String key, String value, boolean wanted, var parameters) ->
          query(parameters, call) == wanted ? new Entry(key, value) : null;
      case Action.Said(String key, String namespace, var path, String otherwise) -> {
        Object found = call.metadata().get(namespace, path);
        String value = found instanceof String text && !text.isEmpty() ? text : otherwise;
        yield value.isEmpty() ? null : new Entry(key, value);
      }
    };
  }

  private static boolean headers(List<FieldMatch> headers, FilterCall call) {
    for (FieldMatch header : headers) {
      if (!header.test(call.request())) {
        return false;
      }
    }
    return true;
  }

  private static boolean query(List<FieldMatch> parameters, FilterCall call) {
    RequestPath path = RequestPath.of(call.request());
    for (FieldMatch parameter : parameters) {
      if (!parameter.test(path.parameter(parameter.name()))) {
        return false;
      }
    }
    return true;
  }
}
