package dev.hawser.agent.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process of this program as the agent's user: what anybody else opens may be captured. */
public final class AgentProcess {
  private static final String MAIN = "dev.hawser.agent.AgentMain";

  private AgentProcess() {}

  /**
   * Returns the command that starts it; only root may start one of another user.
   *
   * @param user of the agent, by number
   * @param group of the agent, by number
   * @param arguments of {@code hawser-agent}
   */
  public static List<String> command(long user, long group, List<String> arguments)
      throws IOException {
    List<String> words = new ArrayList<>();
    Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (!self.equals((int) user)) {
      words.addAll(
          List.of("setpriv", "--reuid=" + user, "--regid=" + group, "--clear-groups", "--"));
    }
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m"));
    words.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
    words.addAll(arguments);
    return List.copyOf(words);
  }
}
