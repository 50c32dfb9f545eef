package dev.hawser.controlplane.policy;

import dev.hawser.api.model.Locality;

/**
 * A place in Istio's spelling: {@code region}, {@code region/zone}, {@code region/zone/subzone},
 * each part but the first optionally {@code *}; {@code *} alone is everywhere.
 *
 * @param zone {@code *} for any
 * @param subzone {@code *} for any
 */
public record LocalityPattern(String region, String zone, String subzone) {
  private static final String ANY = "*";

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException if a part follows a star or is empty
   */
  public static LocalityPattern parse(String text) {
    String[] parts = text.split("/", -1);
    boolean starred = false;
    for (String part : parts) {
      if (part.isEmpty() || (starred && !part.equals(ANY))) {
        throw new IllegalArgumentException(
            "locality '" + text + "' (expected: region[/zone[/subzone]], '*' only at the end)");
      }
      starred = part.equals(ANY);
    }
    if (parts.length > 3) {
      throw new IllegalArgumentException(
          "locality '" + text + "' (expected: region[/zone[/subzone]])");
    }
    return new LocalityPattern(
        parts[0], parts.length > 1 ? parts[1] : ANY, parts.length > 2 ? parts[2] : ANY);
  }

  /** Whether a place is within the pattern. */
  public boolean matches(Locality place) {
    return part(region, place.region())
        && part(zone, place.zone())
        && part(subzone, place.subzone());
  }

  private static boolean part(String pattern, String value) {
    return pattern.equals(ANY) || pattern.equals(value);
  }

  /** Returns how many parts are fixed, 0-3: of several patterns that match the closest counts. */
  public int precision() {
    return (region.equals(ANY) ? 0 : 1)
        + (zone.equals(ANY) ? 0 : 1)
        + (subzone.equals(ANY) ? 0 : 1);
  }

  @Override
  public String toString() {
    if (!subzone.equals(ANY)) {
      return region + "/" + zone + "/" + subzone;
    }
    return zone.equals(ANY) ? region : region + "/" + zone;
  }
}
