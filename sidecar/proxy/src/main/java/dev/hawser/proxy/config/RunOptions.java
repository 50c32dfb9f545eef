package dev.hawser.proxy.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How a proxy runs, as Envoy's command line says it.
 *
 * @param concurrency event loops; 0 for one per core
 * @param drainTime how long work that has begun may go on when the proxy is told to end
 * @param takeOver whether a proxy that runs with the same data directory hands its listening
 *     sockets over and ends
 */
public record RunOptions(int concurrency, Duration drainTime, boolean takeOver) {
  private static final int MAX_CONCURRENCY = 1024;
  private static final int MAX_SECONDS = 24 * 60 * 60;
  private static final Duration DRAIN = Duration.ofSeconds(10);

  /** Returns one loop per core, ten seconds to drain, nobody to take over from. */
  public static RunOptions usual() {
    return new RunOptions(0, DRAIN, false);
  }

  /** Returns the same, taking over or not. */
  public RunOptions withTakeOver(boolean value) {
    return new RunOptions(concurrency, drainTime, value);
  }

  /** Returns how many event loops there are on this machine. */
  public int workers() {
    return concurrency == 0 ? Runtime.getRuntime().availableProcessors() : concurrency;
  }

  /**
   * A command line.
   *
   * @param config the start file
   */
  public record CommandLine(String config, RunOptions options) {
    /** How it is written. */
    public static final String USAGE =
        "usage: sidecar-proxy --config FILE [--concurrency N] [--drain-time-s N] [--take-over]";

    /**
     * Reads the arguments of a process.
     *
     * @throws ConfigException if they cannot be obeyed
     */
    public static CommandLine parse(String... arguments) throws ConfigException {
      String config = "";
      RunOptions options = usual();
      List<String> left = new ArrayList<>(List.of(arguments));
      while (!left.isEmpty()) {
        String name = left.removeFirst();
        switch (name) {
          case "--config", "-c" -> config = value(name, left);
          case "--concurrency" ->
              options =
                  new RunOptions(
                      number(name, value(name, left), MAX_CONCURRENCY),
                      options.drainTime(),
                      options.takeOver());
          case "--drain-time-s" ->
              options =
                  new RunOptions(
                      options.concurrency(),
                      Duration.ofSeconds(number(name, value(name, left), MAX_SECONDS)),
                      options.takeOver());
          case "--take-over" -> options = options.withTakeOver(true);
          default -> throw new ConfigException(name + ": unknown\n" + USAGE);
        }
      }
      if (config.isEmpty()) {
        throw new ConfigException("--config: absent\n" + USAGE);
      }
      return new CommandLine(config, options);
    }

    private static String value(String name, List<String> left) throws ConfigException {
      if (left.isEmpty()) {
        throw new ConfigException(name + ": no value\n" + USAGE);
      }
      return left.removeFirst();
    }

    private static int number(String name, String text, int most) throws ConfigException {
      try {
        int number = Integer.parseInt(text);
        if (number >= 0 && number <= most) {
          return number;
        }
      } catch (NumberFormatException _) {
        // falls through to the one message
      }
      throw new ConfigException(name, "'" + text + "'", "0-" + most);
    }
  }
}
