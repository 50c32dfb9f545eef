package dev.hawser.proxy.json;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** A JSON value (RFC 8259). Immutable. */
public sealed interface Json {
  /** An object; its members in the order in which they were written. */
  record Members(SequencedMap<String, Json> byName) implements Json {
    public Members {
      byName = Collections.unmodifiableSequencedMap(new LinkedHashMap<String, Json>(byName));
    }

    /** Makes an object of members in any order. */
    public static Members of(Map<String, ? extends Json> members) {
      return new Members(new LinkedHashMap<>(members));
    }

    /** Returns the member, or null if there is none. */
    public @Nullable Json get(String name) {
      return byName.get(name);
    }
  }

  /** An array. */
  record Items(List<Json> all) implements Json {
    public Items {
      all = List.copyOf(all);
    }
  }

  /** A string. */
  record Text(String value) implements Json {}

  /** A number, exactly as written. */
  record Decimal(BigDecimal value) implements Json {}

  /** {@code true} or {@code false}. */
  record Flag(boolean value) implements Json {}

  /** {@code null}. */
  record Nothing() implements Json {}
}
