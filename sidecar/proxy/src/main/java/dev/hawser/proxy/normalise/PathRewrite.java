package dev.hawser.proxy.normalise;

import io.netty.util.AsciiString;
import java.util.Arrays;

/** One path on its way into its one form. No step makes a path longer, so all work in place. */
final class PathRewrite {
  private final PathRules rules;
  private final AsciiString target;
  private final int pathEnd;
  private final byte[] path;
  private int length;

  PathRewrite(PathRules rules, AsciiString target, int pathEnd) {
    this.rules = rules;
    this.target = target;
    this.pathEnd = pathEnd;
    this.path = target.toByteArray(0, pathEnd);
    this.length = pathEnd;
  }

  PathOutcome outcome() {
    boolean slashesDecoded = false;
    if (rules.escapedSlashes() != EscapedSlashes.KEEP) {
      slashesDecoded = decodeSlashes();
      if (slashesDecoded && rules.escapedSlashes() == EscapedSlashes.REJECT) {
        return new PathOutcome.Refused("path has an encoded slash");
      }
    }
    if (rules.normalise()) {
      if (!decodeUnreserved()) {
        return new PathOutcome.Refused("path has an escape that is only one when it is decoded");
      }
      resolveDots();
    }
    if (rules.mergeSlashes()) {
      mergeSlashes();
    }
    if (slashesDecoded && rules.escapedSlashes() == EscapedSlashes.REDIRECT) {
      return new PathOutcome.Redirect(result());
    }
    boolean same =
        length == pathEnd
            && Arrays.equals(
                path,
                0,
                length,
                target.array(),
                target.arrayOffset(),
                target.arrayOffset() + pathEnd);
    return same ? PathOutcome.Unchanged.INSTANCE : new PathOutcome.Changed(result());
  }

  private AsciiString result() {
    int query = target.length() - pathEnd;
    byte[] whole = Arrays.copyOf(path, length + query);
    System.arraycopy(target.array(), target.arrayOffset() + pathEnd, whole, length, query);
    return new AsciiString(whole, false);
  }

  private boolean decodeSlashes() {
    int out = 0;
    for (int i = 0; i < length; i++) {
      int value = escapeAt(i);
      if (value == '/' || value == '\\') {
        path[out++] = (byte) value;
        i += 2;
      } else {
        path[out++] = path[i];
      }
    }
    boolean found = out < length;
    length = out;
    return found;
  }

  /**
   * Decodes what needs no escape (RFC 3986 section 2.3) and turns backslashes.
   *
   * @return false if what has been decoded completes an escape that was none before: the next
   *     reader would decode again and see another path
   */
  private boolean decodeUnreserved() {
    int out = 0;
    for (int i = 0; i < length; i++) {
      int value = escapeAt(i);
      if (value >= 0 && isUnreserved(value)) {
        if (hex((byte) value) >= 0 && endsInBrokenEscape(out)) {
          return false;
        }
        path[out++] = (byte) value;
        i += 2;
      } else if (value >= 0) {
        path[out++] = path[i];
        path[out++] = path[i + 1];
        path[out++] = path[i + 2];
        i += 2;
      } else {
        path[out++] = path[i] == '\\' ? (byte) '/' : path[i];
      }
    }
    length = out;
    return true;
  }

  /** Whether a percent sign that begins no escape is one or two places before. */
  private boolean endsInBrokenEscape(int out) {
    return path[out - 1] == '%' || (out > 1 && path[out - 2] == '%' && hex(path[out - 1]) >= 0);
  }

  /** RFC 3986 section 5.2.4, on segments whose parameters do not count. */
  private void resolveDots() {
    int out = 0;
    int start = 1;
    while (start <= length) {
      int end = start;
      while (end < length && path[end] != '/') {
        end++;
      }
      int dots = dots(start, end);
      boolean last = end == length;
      if (dots == 2) {
        out = parent(out);
      } else if (dots == 0) {
        path[out] = '/';
        System.arraycopy(path, start, path, out + 1, end - start);
        out += end - start + 1;
      }
      if (dots > 0 && last) {
        path[out++] = '/';
      }
      start = end + 1;
    }
    length = out;
  }

  private int parent(int out) {
    int at = out - 1;
    while (at > 0 && path[at] != '/') {
      at--;
    }
    return Math.max(at, 0);
  }

  /** Returns 1 for {@code .}, 2 for {@code ..}, with or without parameters, else 0. */
  private int dots(int start, int end) {
    int at = start;
    while (at < end && path[at] == '.') {
      at++;
    }
    int count = at - start;
    boolean whole = at == end || path[at] == ';' || escapeAt(at) == ';';
    return whole && count <= 2 ? count : 0;
  }

  private void mergeSlashes() {
    int out = 0;
    for (int i = 0; i < length; i++) {
      if (path[i] != '/' || out == 0 || path[out - 1] != '/') {
        path[out++] = path[i];
      }
    }
    length = out;
  }

  /** Returns the octet that the three characters from here stand for, or -1. */
  private int escapeAt(int at) {
    if (at + 2 >= length || path[at] != '%') {
      return -1;
    }
    int high = hex(path[at + 1]);
    int low = hex(path[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
  }

  private static int hex(byte octet) {
    return Character.digit(octet, 16);
  }

  private static boolean isUnreserved(int octet) {
    return (octet >= 'a' && octet <= 'z')
        || (octet >= 'A' && octet <= 'Z')
        || (octet >= '0' && octet <= '9')
        || octet == '-'
        || octet == '.'
        || octet == '_'
        || octet == '~';
  }
}
