package dev.hawser.proxy.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How requests are traced.
 *
 * @param client of requests whose caller asks for it ({@code x-client-trace-id})
 * @param random of the others that belong to no trace yet
 * @param overall of those that the two chose
 * @param maxPath characters of a path in a span
 * @param perTry whether each try is a span of its own under that of the request
 */
public record TraceRule(
    Collector collector,
    Fraction client,
    Fraction random,
    Fraction overall,
    int maxPath,
    List<Tag> tags,
    boolean perTry) {
  public TraceRule {
    tags = List.copyOf(tags);
  }

  /**
   * Who takes the spans.
   *
   * @param upstream through which it is reached
   * @param service as which this proxy reports
   * @param authority empty for the upstream's name
   * @param path of the HTTP protocol; empty for gRPC
   * @param headers added to each call
   */
  public record Collector(
      String upstream,
      String service,
      String authority,
      Optional<String> path,
      Duration timeout,
      Map<String, String> headers) {
    public Collector {
      headers = Map.copyOf(headers);
    }
  }

  /** Something that is said in each span. */
  public sealed interface Tag {
    String name();

    /** Always the same. */
    record Literal(String name, String value) implements Tag {}

    /**
     * A header of the request.
     *
     * @param otherwise if there is none; empty to leave the tag out
     */
    record Header(String name, String header, String otherwise) implements Tag {}

    /** A variable of the process, read when the configuration arrives; the rest is the same. */
    record Environment(String name, String variable, String otherwise) implements Tag {}
  }
}
