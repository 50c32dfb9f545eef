package dev.hawser.proxy.filter;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What filters say about a request (Envoy's dynamic metadata): by namespace, which is a filter's
 * name, texts, numbers, booleans, lists and maps of them. Lives on one event loop.
 */
public final class Metadata {
  private @Nullable Map<String, Map<String, Object>> namespaces;
  private @Nullable Http2Headers takenOut;
  private @Nullable Map<Object, Ruling> rulings;

  /**
   * What somebody else said about the request.
   *
   * @param refusal null if it may go on, or if the answer is still on its way
   */
  public record Ruling(@Nullable Refusal refusal) {}

  /** Keeps what was said, by all that the answer depends on: it is not asked for again. */
  public void ruled(Object question, Ruling ruling) {
    Map<Object, Ruling> all = rulings;
    if (all == null) {
      all = new HashMap<>(4);
      rulings = all;
    }
    all.put(question, ruling);
  }

  /** Returns what was said; null if nobody was asked. */
  public @Nullable Ruling ruling(Object question) {
    return rulings == null ? null : rulings.get(question);
  }

  /** A filter is about to take a header out of the request by which it judges. */
  public void takesOut(CharSequence name, Http2Headers request) {
    Http2Headers all = takenOut;
    if (all == null) {
      all = new DefaultHttp2Headers(false);
      takenOut = all;
    }
    all.add(name, request.getAll(name));
  }

  /** Returns a head with what filters took out of it, the head itself if that was nothing. */
  public Http2Headers whole(Http2Headers request) {
    if (takenOut == null) {
      return request;
    }
    Http2Headers whole = new DefaultHttp2Headers(false);
    whole.add(request);
    whole.add(takenOut);
    return whole;
  }

  /** Adds to a namespace; a key that is there is replaced. */
  public void put(String namespace, Map<String, ?> values) {
    Map<String, Map<String, Object>> all = namespaces;
    if (all == null) {
      all = new HashMap<>(4);
      namespaces = all;
    }
    all.computeIfAbsent(namespace, _ -> new HashMap<>()).putAll(values);
  }

  /** Returns a namespace's values, maybe none. */
  public Map<String, Object> get(String namespace) {
    Map<String, Map<String, Object>> all = namespaces;
    return all == null ? Map.of() : all.getOrDefault(namespace, Map.of());
  }

  /**
   * Returns what is at a path of keys, or null.
   *
   * @param path at least one key; every one but the last leads to a map
   */
  public @Nullable Object get(String namespace, Iterable<String> path) {
    Object found = get(namespace);
    for (String key : path) {
      if (!(found instanceof Map<?, ?> map)) {
        return null;
      }
      found = map.get(key);
    }
    return found;
  }
}
