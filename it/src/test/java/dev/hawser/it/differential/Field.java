package dev.hawser.it.differential;

/**
 * One line of a head.
 *
 * @param name as it was written
 */
record Field(String name, String value) {
  @Override
  public String toString() {
    return name + ": " + value;
  }
}
