package dev.hawser.cli;

import dev.hawser.cli.shell.Terminal;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** One run of the command and what it left. */
record Invocation(int exit, String out, String err) {
  static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  /** Runs it as a person would who has the credential's file and nothing to type. */
  static Invocation of(Map<String, String> environment, String... args) {
    return of(environment, "", false, args);
  }

  static Invocation of(
      Map<String, String> environment, String input, boolean interactive, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Terminal terminal =
        new Terminal(
            new PrintWriter(out),
            new PrintWriter(err),
            new BufferedReader(new StringReader(input)),
            new HashMap<>(environment),
            InstantSource.fixed(NOW),
            interactive);
    int exit = HawserCli.run(terminal, args);
    return new Invocation(exit, out.toString(), err.toString());
  }
}
