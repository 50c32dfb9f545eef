package dev.hawser.bench.report;

import dev.hawser.bench.stats.Result;
import dev.hawser.bench.stats.Spread;
import dev.hawser.bench.stats.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures as a table for people, in the form that Markdown has too. */
public final class TableReport {
  private static final List<String> HEAD =
      List.of("case", "metric", "subject", "median", "low–high", "÷ Envoy", "÷ HAProxy");

  private TableReport() {}

  /** Returns the lines. */
  public static String of(List<Result> results) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEAD);
    rows.add(HEAD.stream().map(_ -> "---").toList());
    for (Result result : results) {
      Spread spread = result.spread();
      rows.add(
          List.of(
              result.benchCase(),
              result.metric(),
              result.subject().label(),
              number(spread.median()),
              number(spread.low()) + "–" + number(spread.high()),
              ratio(result, Subject.ENVOY),
              ratio(result, Subject.HAPROXY)));
    }
    int[] widths = new int[HEAD.size()];
    rows.forEach(row -> {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    });
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      text.append('|');
      for (int i = 0; i < widths.length; i++) {
        String cell = row.get(i);
        String filler = cell.equals("---") ? "-" : " ";
        text.append(' ').append(cell).repeat(filler, widths[i] - cell.length()).append(" |");
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String ratio(Result result, Subject other) {
    Spread spread = result.ratios().get(other);
    return spread == null
        ? ""
        : String.format(
            Locale.ROOT, "%.2f [%.2f–%.2f]", spread.median(), spread.low(), spread.high());
  }

  private static String number(double value) {
    int digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
