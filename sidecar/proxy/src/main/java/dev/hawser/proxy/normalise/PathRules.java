package dev.hawser.proxy.normalise;

import io.netty.util.AsciiString;

/**
 * How a path is brought into one form. The combinations that Istio names: NONE is nothing at all,
 * BASE is {@code normalise}, MERGE_SLASHES adds {@code mergeSlashes}, DECODE_AND_MERGE_SLASHES adds
 * {@link EscapedSlashes#DECODE}.
 *
 * @param normalise whether escapes of unreserved characters are decoded, backslashes become slashes
 *     and dot segments are resolved, also those with path parameters ({@code /..;x=y/})
 * @param mergeSlashes whether neighbouring slashes become one
 * @param escapedSlashes what becomes of encoded slashes
 */
public record PathRules(boolean normalise, boolean mergeSlashes, EscapedSlashes escapedSlashes) {
  /** Leaves every path as it is. */
  public static final PathRules NONE = new PathRules(false, false, EscapedSlashes.KEEP);

  /**
   * Applies the rules. A path that is in its one form already, as nearly every one is, costs one
   * look at each byte.
   *
   * @param target path and query as sent, of visible ASCII; one that does not begin with a slash is
   *     no path and stays
   */
  public PathOutcome apply(AsciiString target) {
    if (isNone() || target.isEmpty() || target.byteAt(0) != '/') {
      return PathOutcome.Unchanged.INSTANCE;
    }
    int query = target.indexOf("?");
    int end = query < 0 ? target.length() : query;
    return isPlain(target, end)
        ? PathOutcome.Unchanged.INSTANCE
        : new PathRewrite(this, target, end).outcome();
  }

  private boolean isNone() {
    return !normalise && !mergeSlashes && escapedSlashes == EscapedSlashes.KEEP;
  }

  /** Whether nothing that any rule is about occurs. */
  private static boolean isPlain(AsciiString target, int end) {
    boolean afterSlash = false;
    for (int i = 0; i < end; i++) {
      byte octet = target.byteAt(i);
      if (octet == '%' || octet == '\\' || (afterSlash && (octet == '/' || octet == '.'))) {
        return false;
      }
      afterSlash = octet == '/';
    }
    return true;
  }
}
