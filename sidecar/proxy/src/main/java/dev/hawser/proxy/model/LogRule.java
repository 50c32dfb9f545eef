package dev.hawser.proxy.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An access log.
 *
 * @param filter which requests have a line; empty for all
 */
public record LogRule(Sink sink, Format format, Optional<LogFilter> filter) {
  /** Where lines go. */
  public sealed interface Sink {
    /** The standard output of the process. */
    record Stdout() implements Sink {}

    /** Its standard error. */
    record Stderr() implements Sink {}

    /** A file in the proxy's folder of logs; the name is no path. */
    record File(String name) implements Sink {}
  }

  /** How a line looks. */
  public sealed interface Format {
    /**
     * A text as it stands, its end of line included.
     *
     * @param omitEmpty whether what is not known is nothing and not {@code -}
     */
    record Text(List<LogPart> parts, boolean omitEmpty) implements Format {
      public Text {
        parts = List.copyOf(parts);
      }
    }

    /**
     * One object of JSON for each line.
     *
     * @param omitEmpty whether members that are not known are left out and not {@code null}
     */
    record Json(Node.Members root, boolean omitEmpty) implements Format {}
  }

  /** A value of a line of JSON. */
  public sealed interface Node {
    /** An object; its members are sorted by name. */
    record Members(Map<String, Node> byName) implements Node {
      public Members {
        byName = java.util.Collections.unmodifiableMap(new TreeMap<>(byName));
      }
    }

    /** An array. */
    record Items(List<Node> all) implements Node {
      public Items {
        all = List.copyOf(all);
      }
    }

    /** A text, or a number where a single part is one. */
    record Leaf(List<LogPart> parts) implements Node {
      public Leaf {
        parts = List.copyOf(parts);
      }
    }

    /** Always the same, as JSON. */
    record Fixed(String json) implements Node {}
  }
}
