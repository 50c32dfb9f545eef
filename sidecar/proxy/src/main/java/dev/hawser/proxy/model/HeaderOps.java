package dev.hawser.proxy.model;

import java.util.ArrayList;
import java.util.List;

/** The changes of both heads, in the order in which they are made. */
public record HeaderOps(List<HeaderOp> request, List<HeaderOp> response) {
  /** No change. */
  public static final HeaderOps NONE = new HeaderOps(List.of(), List.of());

  public HeaderOps {
    request = List.copyOf(request);
    response = List.copyOf(response);
  }

  /** Returns these changes and then others. */
  public HeaderOps then(HeaderOps others) {
    return new HeaderOps(joined(request, others.request), joined(response, others.response));
  }

  private static List<HeaderOp> joined(List<HeaderOp> first, List<HeaderOp> second) {
    List<HeaderOp> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
