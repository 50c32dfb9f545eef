package dev.hawser.agent.capture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Has a process of the agent's user dial the control plane: what root opens would be captured, and
 * prove nothing of the agent.
 */
public final class ReachAsUser implements Reach {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final List<String> command;

  /**
   * @param user of the agent, by number
   * @param group of the agent, by number
   */
  public ReachAsUser(Path dataDir, long user, long group) throws IOException {
    this.command =
        AgentProcess.command(
            user, group, List.of("capture", "reach", "--data-dir", dataDir.toString()));
  }

  @Override
  public Optional<String> trouble() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return Optional.of("asking the control plane took more than " + PATIENCE.toSeconds() + " s");
    }
    // A few lines: the pipe holds them.
    String words =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.exitValue() == 0) {
      return Optional.empty();
    }
    String first = words.lines().findFirst().orElse("exit code " + process.exitValue());
    return Optional.of(first.startsWith("error: ") ? first.substring("error: ".length()) : first);
  }
}
