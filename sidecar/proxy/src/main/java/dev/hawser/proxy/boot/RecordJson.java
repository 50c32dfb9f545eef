package dev.hawser.proxy.boot;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes our records as JSON for people: names of components, durations as text. */
final class RecordJson {
  private final StringBuilder out = new StringBuilder(4096);

  private RecordJson() {}

  static String of(@Nullable Object value) {
    RecordJson json = new RecordJson();
    json.write(value, 0);
    return json.out.append('\n').toString();
  }

  private void write(@Nullable Object value, int depth) {
    switch (value) {
      case null -> out.append("null");
      case Optional<?> optional -> write(optional.orElse(null), depth);
      case Duration duration -> text(duration.toMillis() + "ms");
      case Double number -> out.append(Math.round(number * 1000) / 1000.0);
      case Number number -> out.append(number);
      case Boolean flag -> out.append(flag);
      case Map<?, ?> map -> map(map, depth);
      case Collection<?> items -> list(items, depth);
      case Record item -> item(item, depth);
      default -> text(value.toString());
    }
  }

  private void map(Map<?, ?> map, int depth) {
    out.append('{');
    boolean first = true;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      begin(first, depth + 1);
      first = false;
      text(String.valueOf(entry.getKey()));
      out.append(": ");
      write(entry.getValue(), depth + 1);
    }
    end(first, depth, '}');
  }

  private void list(Collection<?> items, int depth) {
    out.append('[');
    boolean first = true;
    for (Object item : items) {
      begin(first, depth + 1);
      first = false;
      write(item, depth + 1);
    }
    end(first, depth, ']');
  }

  private void item(Record item, int depth) {
    RecordComponent[] components = item.getClass().getRecordComponents();
    out.append('{');
    boolean first = true;
    // A variant of a sealed interface says which one it is.
    if (item.getClass().getInterfaces().length > 0) {
      begin(true, depth + 1);
      first = false;
      out.append("\"kind\": ");
      text(item.getClass().getSimpleName());
    }
    for (RecordComponent component : components) {
      begin(first, depth + 1);
      first = false;
      text(component.getName());
      out.append(": ");
      write(read(item, component), depth + 1);
    }
    end(first, depth, '}');
  }

  private static @Nullable Object read(Record item, RecordComponent component) {
    try {
      var accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(item);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("record " + item.getClass() + " cannot be read", e);
    }
  }

  private void begin(boolean first, int depth) {
    if (!first) {
      out.append(',');
    }
    out.append('\n').append("  ".repeat(depth));
  }

  private void end(boolean empty, int depth, char bracket) {
    if (!empty) {
      out.append('\n').append("  ".repeat(depth));
    }
    out.append(bracket);
  }

  private void text(String value) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
