package dev.hawser.proxy.model;

import com.google.re2j.Pattern;

/**
 * Every match of an expression is replaced.
 *
 * @param substitution in RE2/J's words: {@code $1} and {@code ${name}} are groups
 */
public record Replacement(Pattern expression, String substitution) {
  /** Returns the text with its matches replaced. */
  public String in(String text) {
    return expression.matcher(text).replaceAll(substitution);
  }
}
