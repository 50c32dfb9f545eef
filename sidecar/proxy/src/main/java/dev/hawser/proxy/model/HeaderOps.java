package dev.hawser.proxy.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The changes of both heads: what each level of the configuration says, in the order in which the
 * levels count. Those of one level see the head as the level before left it.
 */
public record HeaderOps(List<List<HeaderOp>> request, List<List<HeaderOp>> response) {
  /** No change. */
  public static final HeaderOps NONE = new HeaderOps(List.of(), List.of());

  public HeaderOps {
    request = List.copyOf(request);
    response = List.copyOf(response);
  }

  /** Returns what one level says. */
  public static HeaderOps level(List<HeaderOp> request, List<HeaderOp> response) {
    return new HeaderOps(only(request), only(response));
  }

  private static List<List<HeaderOp>> only(List<HeaderOp> level) {
    return level.isEmpty() ? List.of() : List.of(List.copyOf(level));
  }

  /** Returns these changes and then others. */
  public HeaderOps then(HeaderOps others) {
    return new HeaderOps(joined(request, others.request), joined(response, others.response));
  }

  private static List<List<HeaderOp>> joined(
      List<List<HeaderOp>> first, List<List<HeaderOp>> second) {
    List<List<HeaderOp>> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
