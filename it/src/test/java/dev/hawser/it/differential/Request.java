package dev.hawser.it.differential;

import java.util.ArrayList;
import java.util.List;

/**
 * One request of HTTP/1.1, as it goes over the wire.
 *
 * @param fields all lines of the head but the one that frames the body
 * @param body empty: none
 */
record Request(String method, String target, List<Field> fields, String body) {
  /** Names the request to the applications, which keep what they saw of it. */
  static final String CASE = "x-case";

  /** What the applications answer: one word for each attempt, the last one for all further. */
  static final String SCRIPT = "x-script";

  Request {
    fields = List.copyOf(fields);
  }

  Request with(String name, String value) {
    List<Field> more = new ArrayList<>(fields);
    more.add(new Field(name, value));
    return new Request(method, target, more, body);
  }

  /** Returns whether one of the values of a header is as told. */
  boolean says(String name, java.util.function.Predicate<String> told) {
    return fields.stream().anyMatch(f -> f.name().equalsIgnoreCase(name) && told.test(f.value()));
  }

  String wire() {
    StringBuilder out = new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1");
    fields.forEach(field -> out.append("\r\n").append(field));
    if (!body.isEmpty()) {
      out.append("\r\ncontent-length: ").append(body.length());
    }
    return out.append("\r\n\r\n").append(body).toString();
  }
}
