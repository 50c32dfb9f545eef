package dev.hawser.agent.bootstrap;

import java.util.LinkedHashMap;

/** A map that is written in the order in which it was put together, for people to read. */
final class Ordered extends LinkedHashMap<String, Object> {
  private static final long serialVersionUID = 1L;

  private Ordered() {}

  static Ordered map() {
    return new Ordered();
  }

  Ordered with(String key, Object value) {
    put(key, value);
    return this;
  }
}
