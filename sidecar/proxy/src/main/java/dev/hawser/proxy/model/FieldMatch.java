package dev.hawser.proxy.model;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A test of one header field or query parameter.
 *
 * @param name of the field, in lower case; also {@code :method}, {@code :path}, {@code :authority}
 * @param value empty tests only presence
 * @param presentWanted with an empty value, whether it should be there or not
 * @param invert the opposite counts; an absent field passes an inverted test of its value
 */
public record FieldMatch(
    String name, Optional<TextMatch> value, boolean presentWanted, boolean invert) {
  /** Whether the field passes; null if there is none. */
  public boolean test(@Nullable String present) {
    boolean result =
        value.isPresent()
            ? present != null && value.get().test(present)
            : (present != null) == presentWanted;
    return result != invert;
  }
}
