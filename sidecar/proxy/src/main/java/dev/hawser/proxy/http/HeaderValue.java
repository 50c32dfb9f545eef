package dev.hawser.proxy.http;

import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads headers of which there may be several fields. */
public final class HeaderValue {
  private HeaderValue() {}

  /**
   * Returns the first value, or null if there is none: what is written elsewhere, into another
   * header or as a name, is one value and no list.
   */
  public static @Nullable String first(Http2Headers headers, String name) {
    CharSequence value = name.equals("host") ? headers.authority() : headers.get(name);
    return value == null ? null : value.toString();
  }

  /** Returns the value, several with commas between them, or null if there is none. */
  public static @Nullable String of(Http2Headers headers, String name) {
    if (name.equals("host")) {
      CharSequence authority = headers.authority();
      return authority == null ? null : authority.toString();
    }
    List<CharSequence> values = headers.getAll(name);
    return switch (values.size()) {
      case 0 -> null;
      case 1 -> values.getFirst().toString();
      default -> String.join(",", values);
    };
  }
}
