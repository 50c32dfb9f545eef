package dev.hawser.bench.cases;

import dev.hawser.bench.stats.Spread;
import dev.hawser.bench.stats.Subject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How busy both cores were, for the reader who asks what was measured. */
final class Shares {
  private final Map<Subject, List<Sample>> samples = new EnumMap<>(Subject.class);

  void add(Subject subject, Sample sample) {
    samples.computeIfAbsent(subject, _ -> new ArrayList<>()).add(sample);
  }

  void tell(Notes notes) {
    samples.forEach((subject, list) ->
        notes.note(
            String.format(
                Locale.ROOT,
                "%s: the subject used %.0f %% of its core, load and application %.0f %% of theirs",
                subject.label(),
                100 * median(list.stream().mapToDouble(Sample::subjectShare).toArray()),
                100 * median(list.stream().mapToDouble(Sample::loadShare).toArray()))));
  }

  private static double median(double[] values) {
    return Spread.of(values).median();
  }
}
