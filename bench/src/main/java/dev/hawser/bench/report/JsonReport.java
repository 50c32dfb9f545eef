package dev.hawser.bench.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hawser.bench.stats.Result;
import dev.hawser.bench.stats.Spread;
import java.util.List;

/** Figures for machines: a list with one object for each case, subject and metric. */
public final class JsonReport {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonReport() {}

  /** Returns the text of the file. */
  public static String of(List<Result> results) {
    ArrayNode list = JSON.createArrayNode();
    for (Result result : results) {
      ObjectNode item = list.addObject();
      item.put("case", result.benchCase());
      item.put("subject", result.subject().label());
      item.put("metric", result.metric());
      spread(item, result.spread());
      ObjectNode ratios = item.putObject("ratios");
      result.ratios().entrySet().stream()
          .sorted(java.util.Map.Entry.comparingByKey())
          .forEach(entry -> spread(ratios.putObject(entry.getKey().label()), entry.getValue()));
    }
    return list.toPrettyString() + "\n";
  }

  private static void spread(ObjectNode node, Spread spread) {
    node.put("median", spread.median());
    node.put("low", spread.low());
    node.put("high", spread.high());
  }
}
