package dev.hawser.bench.stats;

/** Who is measured. */
public enum Subject {
  HAWSER("hawser"),
  ENVOY("envoy"),
  HAPROXY("haproxy");

  private final String label;

  Subject(String label) {
    this.label = label;
  }

  /** Returns the name in reports. */
  public String label() {
    return label;
  }
}
