package dev.hawser.proxy.trace;

import java.util.List;

/**
 * A piece of work that is over.
 *
 * @param parent identifier of the span above; 0 for none
 * @param beganNanos since the epoch
 * @param tags names and values, one after the other
 * @param failed whether it counts as an error
 */
record Span(
    TraceContext context,
    long parent,
    String name,
    Kind kind,
    long beganNanos,
    long endedNanos,
    List<String> tags,
    boolean failed) {
  /** Whose work it is. */
  enum Kind {
    SERVER,
    CLIENT
  }
}
