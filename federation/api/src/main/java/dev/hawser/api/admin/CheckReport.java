package dev.hawser.api.admin;

import java.util.List;

/** {@code GET /v1/check}: everything that is worth knowing, with what to do about it. */
public record CheckReport(boolean healthy, List<Item> items) {

  /**
   * One check.
   *
   * @param verdict {@code pass}, {@code warn} or {@code fail}
   * @param remedy the next command to run; empty for a pass
   */
  public record Item(String check, String verdict, String detail, String remedy) {}
}
