package dev.hawser.cli.output;

import java.util.Locale;

/** How answers are printed. */
public enum OutputFormat {
  TABLE,
  JSON,
  YAML;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
