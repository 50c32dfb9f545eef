package dev.hawser.api.admin;

import java.util.List;

/** The answer to {@code POST /v1/apply}: per document of the YAML stream, what became of it. */
public record ApplyReport(List<Item> items) {

  /**
   * One document.
   *
   * @param outcome {@code created}, {@code configured}, {@code unchanged} or {@code refused}
   * @param messages for a refusal: the field's path, the value and what was expected; else warnings
   */
  public record Item(
      String kind, String namespace, String name, String outcome, List<String> messages) {}
}
