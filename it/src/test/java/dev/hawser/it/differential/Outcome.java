package dev.hawser.it.differential;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What came of a request: what the client got, and what the applications saw. */
record Outcome(Message response, List<Applications.Attempt> attempts) {
  /** Headers whose values no two runs have in common; that they are there is compared. */
  private static final Set<String> VOLATILE =
      Set.of(
          "x-request-id",
          "date",
          "server",
          "x-envoy-upstream-service-time",
          "x-envoy-expected-rq-timeout-ms");

  /** What is said of a header that is not there. */
  static final String ABSENT = "absent";

  Outcome {
    attempts = List.copyOf(attempts);
  }

  /**
   * Something in which two outcomes differ.
   *
   * @param what for example {@code status}, or {@code response x-one}
   */
  record Difference(String what, String envoy, String sidecar) {
    @Override
    public String toString() {
      return what + ": envoy " + envoy + ", sidecar " + sidecar;
    }
  }

  /** Returns in what this, Envoy's, and the sidecar's differ. */
  List<Difference> differences(Outcome sidecar) {
    List<Difference> all = new ArrayList<>();
    compare(all, "status", response.status(), sidecar.response.status());
    compare(all, "body", response.body(), sidecar.response.body());
    compare(all, "response", response.fields(), sidecar.response.fields());
    compare(all, "attempts", attempts.size(), sidecar.attempts.size());
    for (int i = 0; i < Math.min(attempts.size(), sidecar.attempts.size()); i++) {
      Applications.Attempt theirs = attempts.get(i);
      Applications.Attempt ours = sidecar.attempts.get(i);
      compare(all, "application", theirs.application(), ours.application());
      compare(all, "target", theirs.request().first(), ours.request().first());
      compare(all, "request", theirs.request().fields(), ours.request().fields());
      compare(all, "request body", theirs.request().body(), ours.request().body());
    }
    return all;
  }

  private static void compare(List<Difference> all, String what, Object theirs, Object ours) {
    if (!theirs.equals(ours)) {
      all.add(new Difference(what, String.valueOf(theirs), String.valueOf(ours)));
    }
  }

  private static void compare(
      List<Difference> all, String what, List<Field> theirs, List<Field> ours) {
    Map<String, List<String>> left = byName(theirs);
    Map<String, List<String>> right = byName(ours);
    Set<String> names = new LinkedHashSet<>(left.keySet());
    names.addAll(right.keySet());
    for (String name : names) {
      compare(all, what + " " + name, said(left.get(name), name), said(right.get(name), name));
    }
  }

  /** Several lines say what one with commas says (RFC 9110 section 5.3); cookies are different. */
  private static Object said(@Nullable List<String> values, String name) {
    if (values == null) {
      return ABSENT;
    }
    return switch (name) {
      case "set-cookie" -> values;
      case "cookie" -> String.join("; ", values).replaceAll("^[; ]+|[; ]+$", "");
      default -> String.join(",", values);
    };
  }

  private static Map<String, List<String>> byName(List<Field> fields) {
    Map<String, List<String>> map = new TreeMap<>();
    for (Field field : fields) {
      String name = field.name().toLowerCase(Locale.ROOT);
      map.computeIfAbsent(name, _ -> new ArrayList<>())
          .add(VOLATILE.contains(name) ? "(some)" : field.value());
    }
    return map;
  }
}
