package dev.hawser.agent.doctor;

import dev.hawser.agent.capture.AgentProcess;
import dev.hawser.agent.capture.ReachAsUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Opens connections as the agent does. Those of this process may be captured, and a proxy takes
 * whatever is redirected to it: that would prove nothing.
 */
final class Outside {
  private static final long PATIENCE_SECONDS = 20;

  private final Path directory;
  private final long self;

  Outside(Path directory, long self) {
    this.directory = directory;
    this.self = self;
  }

  /** Dials, by place, and returns why not; empty if it is reached. */
  Map<String, String> dial(List<String> places) throws IOException, InterruptedException {
    if (places.isEmpty()) {
      return Map.of();
    }
    long agent = Examination.user(directory);
    if (self == agent || self != 0) {
      return Dials.all(places);
    }
    List<String> words = new ArrayList<>(List.of("dial"));
    words.addAll(places);
    Process process =
        new ProcessBuilder(AgentProcess.command(agent, group(), words))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().close();
    // It ends by itself: each connection has its time.
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    Map<String, String> found = new HashMap<>();
    for (String line : out.lines().toList()) {
      String[] fields = line.split("\t", 2);
      found.put(fields[0], fields.length < 2 ? "" : fields[1]);
    }
    return Map.copyOf(found);
  }

  /** Returns what is wrong with a handshake with the control plane; empty if nothing is. */
  Seen<String> handshake() throws IOException, InterruptedException {
    long agent = Examination.user(directory);
    return Seen.found(new ReachAsUser(directory, agent, group()).trouble().orElse(""));
  }

  private long group() throws IOException {
    return Integer.toUnsignedLong((Integer) Files.getAttribute(directory, "unix:gid"));
  }
}
