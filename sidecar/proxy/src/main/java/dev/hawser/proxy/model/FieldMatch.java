package dev.hawser.proxy.model;

import dev.hawser.proxy.http.HeaderValue;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A test of one header field or query parameter, as Envoy has it.
 *
 * @param name of the field, in lower case; also {@code :method}, {@code :path}, {@code :authority}
 * @param value empty tests only presence
 * @param presentWanted with an empty value, whether it should be there or not
 * @param invert the opposite counts
 * @param missingIsEmpty whether an absent field is tested like an empty one; else it passes no test
 *     of its value, inverted or not
 */
public record FieldMatch(
    String name,
    Optional<TextMatch> value,
    boolean presentWanted,
    boolean invert,
    boolean missingIsEmpty) {
  /** Whether the field passes; null if there is none. */
  public boolean test(@Nullable String present) {
    String tested = present == null && missingIsEmpty ? "" : present;
    if (value.isEmpty()) {
      return ((tested != null) == presentWanted) != invert;
    }
    return tested != null && value.get().test(tested) != invert;
  }

  /**
   * Whether headers pass. Each field of the name is tested alone, so that no other one hides what
   * it says: one that passes is enough, and where the opposite counts none may.
   */
  public boolean test(Http2Headers headers) {
    List<CharSequence> values = name.equals("host") ? List.of() : headers.getAll(name);
    if (values.size() < 2) {
      return test(HeaderValue.of(headers, name));
    }
    boolean any = false;
    for (int i = 0; i < values.size() && !any; i++) {
      any = test(values.get(i).toString()) != invert;
    }
    return any != invert;
  }
}
