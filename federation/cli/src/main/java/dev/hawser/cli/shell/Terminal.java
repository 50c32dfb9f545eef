package dev.hawser.cli.shell;

import java.io.BufferedReader;
import java.io.Console;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * What a command sees of the world around it.
 *
 * @param out for answers
 * @param err for errors and for advice that must not end up in a script's variable
 * @param in for {@code -}
 * @param interactive whether a person can be asked
 */
public record Terminal(
    PrintWriter out,
    PrintWriter err,
    BufferedReader in,
    Map<String, String> environment,
    InstantSource clock,
    boolean interactive) {
  /** Returns the terminal of this process. */
  public static Terminal system() {
    return new Terminal(
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
        System.getenv(),
        InstantSource.system(),
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent());
  }
}
