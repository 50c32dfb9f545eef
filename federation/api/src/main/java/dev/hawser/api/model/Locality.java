package dev.hawser.api.model;

/** Where something runs; each part may be empty, meaning unknown. */
public record Locality(String region, String zone, String subzone) {
  public static final Locality UNKNOWN = new Locality("", "", "");

  /** Reads {@code region[/zone[/subzone]]}. */
  public static Locality parse(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length > 3) {
      throw new IllegalArgumentException(
          "locality: '" + text + "' (expected: region[/zone[/subzone]])");
    }
    return new Locality(
        parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : "");
  }

  /** Returns {@code region/zone/subzone} without empty parts at the end. */
  @Override
  public String toString() {
    if (!subzone.isEmpty()) {
      return region + "/" + zone + "/" + subzone;
    }
    return zone.isEmpty() ? region : region + "/" + zone;
  }
}
