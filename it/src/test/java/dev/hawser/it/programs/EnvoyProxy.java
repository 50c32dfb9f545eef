package dev.hawser.it.programs;

import dev.hawser.it.harness.Managed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/** A stock Envoy with a bootstrap of the story's. */
public final class EnvoyProxy implements AutoCloseable {
  private final Managed process;

  private EnvoyProxy(Managed process) {
    this.process = process;
  }

  /** Starts it. */
  public static EnvoyProxy start(String name, Place place, String bootstrap) {
    try {
      var file =
          Files.writeString(
              Files.createDirectories(place.folder()).resolve(name + ".yaml"), bootstrap);
      List<String> command =
          place.command(
              List.of(
                  Programs.envoy(),
                  "-c",
                  file.toString(),
                  "--concurrency",
                  "1",
                  "--disable-hot-restart",
                  "--log-level",
                  "info"));
      return new EnvoyProxy(Managed.start(name, place.logs(), Map.of(), command));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Managed process() {
    return process;
  }

  @Override
  public void close() {
    process.close();
  }
}
