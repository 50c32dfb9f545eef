package dev.hawser.proxy.model;

import com.google.re2j.Pattern;
import java.util.Locale;

/** A test of a text: Envoy's StringMatcher. */
public sealed interface TextMatch {
  /** The whole text. */
  record Exact(String value, boolean ignoreCase) implements TextMatch {}

  /** Its beginning. */
  record Prefix(String value, boolean ignoreCase) implements TextMatch {}

  /** Its end. */
  record Suffix(String value, boolean ignoreCase) implements TextMatch {}

  /** A part of it. */
  record Contains(String value, boolean ignoreCase) implements TextMatch {}

  /**
   * The whole text matches the expression (RE2), in time that grows with the text alone and not as
   * a caller may wish.
   */
  record Regex(Pattern expression) implements TextMatch {}

  /** An integer between the two; {@code last} is exclusive. */
  record Range(long first, long last) implements TextMatch {}

  /** Whether the text passes. */
  default boolean test(String text) {
    return switch (this) {
      case Exact(String value, boolean fold) ->
          fold ? text.equalsIgnoreCase(value) : text.equals(value);
      case Prefix(String value, boolean fold) ->
          text.regionMatches(fold, 0, value, 0, value.length());
      case Suffix(String value, boolean fold) ->
          text.regionMatches(fold, text.length() - value.length(), value, 0, value.length());
      case Contains(String value, boolean fold) ->
          fold
              ? text.toLowerCase(Locale.ROOT).contains(value.toLowerCase(Locale.ROOT))
              : text.contains(value);
      case Regex(Pattern expression) -> expression.matches(text);
      case Range(long first, long last) -> isBetween(text, first, last);
    };
  }

  private static boolean isBetween(String text, long first, long last) {
    try {
      long number = Long.parseLong(text);
      return number >= first && number < last;
    } catch (NumberFormatException _) {
      return false;
    }
  }
}
