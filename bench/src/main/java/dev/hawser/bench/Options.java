package dev.hawser.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says.
 *
 * @param home a built checkout
 * @param installation whose commands are measured; the checkout's own if it is not named
 * @param cases names in the order given; empty means all
 */
record Options(
    Path home,
    Path installation,
    List<String> cases,
    int rounds,
    int seconds,
    int subjectCpu,
    int loadCpu) {
  private static final int ROUNDS = 7;
  private static final int SECONDS = 4;

  Options {
    cases = List.copyOf(cases);
  }

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException if it cannot be obeyed; the message is for the user
   */
  static Options parse(String... args) {
    Path home = Path.of("");
    @Nullable Path installation = null;
    List<String> cases = new ArrayList<>();
    int rounds = ROUNDS;
    int seconds = SECONDS;
    int subjectCpu = 0;
    int loadCpu = 1;
    for (int i = 0; i < args.length; i += 2) {
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + ": no value (expected: one)");
      }
      String value = args[i + 1];
      switch (args[i]) {
        case "--home" -> home = Path.of(value);
        case "--installation" -> installation = Path.of(value);
        case "--cases" ->
            cases.addAll(value.isBlank() ? List.of() : List.of(value.strip().split("[ ,]+")));
        case "--rounds" -> rounds = number(args[i], value, 1, 1000);
        case "--seconds" -> seconds = number(args[i], value, 1, 600);
        case "--subject-cpu" -> subjectCpu = number(args[i], value, 0, 4096);
        case "--load-cpu" -> loadCpu = number(args[i], value, 0, 4096);
        default ->
            throw new IllegalArgumentException(
                args[i]
                    + ": unknown option (expected: --home, --installation, --cases, --rounds, --seconds,"
                    + " --subject-cpu or --load-cpu)");
      }
    }
    Path checkout = home.toAbsolutePath().normalize();
    return new Options(
        checkout,
        installation == null ? checkout : installation.toAbsolutePath().normalize(),
        cases,
        rounds,
        seconds,
        subjectCpu,
        loadCpu);
  }

  private static int number(String option, String text, int least, int most) {
    try {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException _) {
      // Falls through to the one message.
    }
    throw new IllegalArgumentException(
        option + ": '" + text + "' (expected: " + least + "-" + most + ")");
  }
}
