package dev.hawser.host.capture;

/**
 * One application of a plan.
 *
 * @param id names it in the kernel, so that whoever confirms it or takes it back means it and no
 *     later one: 8-16 hexadecimal digits
 */
public record Application(String id, CapturePlan plan) {
  public Application {
    if (!id.matches("[0-9a-f]{8,16}")) {
      throw new IllegalArgumentException(
          "application's id: '" + id + "' (expected: 8-16 hexadecimal digits)");
    }
  }
}
