package dev.hawser.proxy.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A test of a value that filters have told: Envoy's ValueMatcher. */
public sealed interface ValueMatch {
  /** It is a text that passes. */
  record Text(TextMatch match) implements ValueMatch {}

  /**
   * It is a number between the two.
   *
   * @param last exclusive, unless both are the same
   */
  record Range(double first, double last) implements ValueMatch {}

  /** It is this. */
  record Flag(boolean wanted) implements ValueMatch {}

  /** It is there, or not. */
  record Present(boolean wanted) implements ValueMatch {}

  /** It is a list, and one of its items passes. */
  record OneItem(ValueMatch item) implements ValueMatch {}

  /** One of the tests passes. */
  record OneOf(List<ValueMatch> matches) implements ValueMatch {
    public OneOf {
      matches = List.copyOf(matches);
    }
  }

  /** Whether the value passes; null if there is none. */
  default boolean test(@Nullable Object value) {
    return switch (this) {
      case Text(TextMatch match) -> value instanceof String text && match.test(text);
      case Range(double first, double last) ->
          value instanceof Number number
              && (first == last
                  ? number.doubleValue() == first
                  : number.doubleValue() >= first && number.doubleValue() < last);
      case Flag(boolean wanted) -> value instanceof Boolean flag && flag == wanted;
      case Present(boolean wanted) -> (value != null) == wanted;
      case OneItem(ValueMatch item) ->
          value instanceof List<?> list && list.stream().anyMatch(item::test);
      case OneOf(List<ValueMatch> matches) -> matches.stream().anyMatch(match -> match.test(value));
    };
  }
}
