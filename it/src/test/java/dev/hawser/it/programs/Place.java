package dev.hawser.it.programs;

import dev.hawser.it.harness.Site;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a program runs.
 *
 * @param prefix what stands before its command, to put it into a namespace; may be empty
 * @param address that it listens on
 * @param folder for its files and, in {@code log}, its output
 */
public record Place(List<String> prefix, String address, Path folder) {
  public Place {
    prefix = List.copyOf(prefix);
  }

  /** Returns a place on loopback, where the test itself is. */
  public static Place local(Path folder) {
    return new Place(List.of(), "127.0.0.1", folder);
  }

  /** Returns a place at the first inner address of a site. */
  public static Place in(Site site, Path folder) {
    return new Place(site.prefix(), site.address(1), folder);
  }

  List<String> command(List<String> command) {
    List<String> inside = new ArrayList<>(prefix);
    inside.addAll(command);
    return inside;
  }

  Path logs() {
    return folder.resolve("log");
  }
}
