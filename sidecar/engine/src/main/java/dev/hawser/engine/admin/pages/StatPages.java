package dev.hawser.engine.admin.pages;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.hawser.engine.admin.AdminRequest;
import dev.hawser.engine.admin.AdminResponse;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * {@code /stats} as Envoy has it: {@code name: value} lines, or {@code ?format=json}. {@code
 * ?filter=} keeps the names in which a regular expression (RE2) is found, {@code ?usedonly} those
 * that are not zero.
 */
public final class StatPages {
  private StatPages() {}

  /** Answers a request. */
  public static AdminResponse answer(AdminRequest request, SortedMap<String, Long> stats) {
    String format = first(request, "format", "text");
    Pattern filter;
    try {
      filter = Pattern.compile(first(request, "filter", ""));
    } catch (PatternSyntaxException e) {
      return AdminResponse.text(400, "filter: " + e.getMessage() + " (expected: RE2)\n");
    }
    boolean usedOnly = request.query().containsKey("usedonly");
    boolean json = format.equals("json");
    if (!json && !format.equals("text")) {
      return AdminResponse.text(400, "format: (expected: text, json or prometheus)\n");
    }
    StringBuilder out = new StringBuilder(json ? "{\"stats\": [" : "");
    String comma = "\n";
    for (Map.Entry<String, Long> stat : stats.entrySet()) {
      boolean shown = !usedOnly || stat.getValue() != 0;
      if (!shown || !filter.matcher(stat.getKey()).find()) {
        continue;
      }
      if (json) {
        String name = stat.getKey().replace("\\", "\\\\").replace("\"", "\\\"");
        out.append(comma).append("{\"name\": \"").append(name).append("\", \"value\": ");
        out.append(stat.getValue()).append('}');
        comma = ",\n";
      } else {
        out.append(stat.getKey()).append(": ").append(stat.getValue()).append('\n');
      }
    }
    return json
        ? AdminResponse.json(200, out.append("]}\n").toString())
        : AdminResponse.text(200, out.toString());
  }

  static String first(AdminRequest request, String parameter, String otherwise) {
    return request.query().getOrDefault(parameter, List.of(otherwise)).getFirst();
  }
}
