package dev.hawser.host.capture;

import java.util.List;

/**
 * A program and what it reads from its standard input.
 *
 * @param command the program's name and arguments
 * @param input in the program's own language
 */
public record Script(List<String> command, String input) {
  public Script {
    command = List.copyOf(command);
  }
}
