package dev.hawser.proxy.routing;

import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * A path in its two parts.
 *
 * @param path without the query
 * @param query without its question mark; null if there is none
 */
public record RequestPath(String path, @Nullable String query) {
  /** Takes a request's path apart. */
  public static RequestPath of(Http2Headers request) {
    CharSequence path = request.path();
    return of(path == null ? "" : path.toString());
  }

  static RequestPath of(String whole) {
    int mark = whole.indexOf('?');
    return mark < 0
        ? new RequestPath(whole, null)
        : new RequestPath(whole.substring(0, mark), whole.substring(mark + 1));
  }

  /** Returns it with another path before the same query. */
  String with(String other) {
    return query == null ? other : other + "?" + query;
  }

  /** Returns a parameter's first value as it is written, or null if there is none. */
  public @Nullable String parameter(String name) {
    if (query == null) {
      return null;
    }
    int at = 0;
    while (at <= query.length()) {
      int end = query.indexOf('&', at);
      end = end < 0 ? query.length() : end;
      int equals = query.indexOf('=', at);
      int keyEnd = equals < 0 || equals > end ? end : equals;
      if (keyEnd - at == name.length() && query.startsWith(name, at)) {
        return keyEnd == end ? "" : query.substring(keyEnd + 1, end);
      }
      at = end + 1;
    }
    return null;
  }
}
