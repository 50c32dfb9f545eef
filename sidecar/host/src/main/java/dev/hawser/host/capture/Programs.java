package dev.hawser.host.capture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs the programs that know the kernel's packet filter. Blocks; not for event loops. */
final class Programs {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Where an administrator's programs are; a plain user's PATH often lacks them. */
  private static final List<String> ALSO = List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin");

  private final List<Path> folders = new ArrayList<>();

  /**
   * @param path folders with colons between, as in PATH
   */
  Programs(String path) {
    for (String folder : path.split(":", -1)) {
      if (folder.startsWith("/")) {
        folders.add(Path.of(folder));
      }
    }
    ALSO.forEach(folder -> folders.add(Path.of(folder)));
  }

  /**
   * What a program left.
   *
   * @param exit its exit code
   */
  record Result(int exit, String output, String complaint) {}

  /** Returns where a program is. */
  Optional<String> find(String name) {
    return folders.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  /** Returns where a program is that must be there. */
  String require(String name) throws CaptureException {
    return find(name).orElseThrow(() -> absent(name));
  }

  /** Runs a script and returns what it printed; it must succeed. */
  String run(Script script) throws CaptureException {
    Result result = attempt(script);
    if (result.exit() != 0) {
      throw failed(script, result);
    }
    return result.output();
  }

  /** Runs a script that may fail. */
  Result attempt(Script script) throws CaptureException {
    String name = script.command().getFirst();
    List<String> command = new ArrayList<>(script.command());
    command.set(0, require(name));
    try {
      // Files, not pipes: a program that prints much before it reads would wait for us, and we for
      // it.
      Path out = Files.createTempFile("hawser-capture", ".out");
      Path err = Files.createTempFile("hawser-capture", ".err");
      try {
        return finish(
            script,
            new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start(),
            out,
            err);
      } finally {
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
      }
    } catch (IOException e) {
      throw new CaptureException(name + " could not be run: " + e.getMessage(), "", e);
    }
  }

  private static Result finish(Script script, Process process, Path out, Path err)
      throws IOException, CaptureException {
    String name = script.command().getFirst();
    try (var input = process.getOutputStream()) {
      input.write(script.input().getBytes(StandardCharsets.UTF_8));
    } catch (IOException _) {
      // It ended before it had read all; its exit code and its words say why.
    }
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new CaptureException(
            name + " has not ended after " + PATIENCE.toSeconds() + " s",
            "see whether another program holds the packet filter's lock");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new CaptureException("interrupted while " + name + " ran", "", e);
    }
    return new Result(process.exitValue(), Files.readString(out), Files.readString(err).strip());
  }

  private static CaptureException failed(Script script, Result result) {
    boolean forbidden =
        result.complaint().contains("ermission denied")
            || result.complaint().contains("not permitted");
    return new CaptureException(
        String.join(" ", script.command())
            + " failed with exit code "
            + result.exit()
            + ": "
            + result.complaint(),
        forbidden
            ? "run this as root: it needs CAP_NET_ADMIN"
            : "nothing was changed; 'hawser-agent capture plan --script' shows what was asked");
  }

  private static CaptureException absent(String name) {
    return new CaptureException(
        name + " is not installed", "install the package nftables (or iptables)");
  }
}
