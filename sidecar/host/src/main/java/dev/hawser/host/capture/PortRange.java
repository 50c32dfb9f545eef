package dev.hawser.host.capture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A port, or several in a row.
 *
 * @param first 1-65535
 * @param last at least {@code first}, included
 */
public record PortRange(int first, int last) implements Comparable<PortRange> {
  private static final int MAX_PORT = 65_535;

  public PortRange {
    if (first < 1 || last > MAX_PORT || last < first) {
      throw malformed(first == last ? Integer.toString(first) : first + "-" + last);
    }
  }

  /** Returns a single port. */
  public static PortRange of(int port) {
    return new PortRange(port, port);
  }

  /**
   * Reads {@code 80} or {@code 8000-8100}.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static PortRange parse(String text) {
    int dash = text.indexOf('-');
    int first = number(dash < 0 ? text : text.substring(0, dash));
    int last = dash < 0 ? first : number(text.substring(dash + 1));
    if (first < 1 || last > MAX_PORT || last < first) {
      throw malformed(text);
    }
    return new PortRange(first, last);
  }

  /** Returns the same ports in order, with none in two ranges: the kernel refuses overlaps. */
  static List<PortRange> merged(Collection<PortRange> ranges) {
    List<PortRange> merged = new ArrayList<>();
    for (PortRange next : ranges.stream().sorted().toList()) {
      if (!merged.isEmpty() && next.first() <= merged.getLast().last() + 1) {
        PortRange before = merged.removeLast();
        merged.add(new PortRange(before.first(), Math.max(before.last(), next.last())));
      } else {
        merged.add(next);
      }
    }
    return List.copyOf(merged);
  }

  boolean contains(int port) {
    return first <= port && port <= last;
  }

  @Override
  public int compareTo(PortRange other) {
    return Comparator.comparingInt(PortRange::first)
        .thenComparingInt(PortRange::last)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return first == last ? Integer.toString(first) : first + "-" + last;
  }

  private static int number(String digits) {
    if (digits.isEmpty()
        || digits.length() > 5
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    return Integer.parseInt(digits);
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "port: '" + text + "' (expected: 1-65535, or a range such as 8000-8100)");
  }
}
