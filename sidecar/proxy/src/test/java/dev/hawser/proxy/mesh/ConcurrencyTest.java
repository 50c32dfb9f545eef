package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.proxy.config.RunOptions;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The threads of a whole sidecar that move bytes. */
class ConcurrencyTest {
  /** As the event loops of a sidecar are called: its pool, and the number within it. */
  private static final Pattern LOOP = Pattern.compile("proxy-\\d+-\\d+");

  @TempDir private Path folder;

  private static Set<Thread> loops() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> LOOP.matcher(thread.getName()).matches())
        .collect(Collectors.toSet());
  }

  /** Starts a sidecar by these arguments and returns how many loops that gives. */
  private int started(String... arguments) throws Exception {
    RunOptions options = RunOptions.CommandLine.parse(arguments).options();
    Set<Thread> before = loops();
    try (RunningProxy sidecar = RunningProxy.start(folder.resolve("data"), options)) {
      Set<Thread> fresh = loops();
      fresh.removeAll(before);
      assertThat(sidecar.get(sidecar.admin, "/stats?filter=server.concurrency").body())
          .isEqualTo("server.concurrency: " + fresh.size() + "\n");
      return fresh.size();
    }
  }

  @Test
  void asManyEventLoopsRunAsTheCommandLineSays() throws Exception {
    assertThat(started("--config", "sidecar.yaml", "--concurrency", "3")).isEqualTo(3);
  }

  @Test
  void oneEventLoopRuns() throws Exception {
    assertThat(started("--config", "sidecar.yaml", "--concurrency", "1")).isEqualTo(1);
  }

  @Test
  void zeroIsOnePerCore() throws Exception {
    assertThat(started("--config", "sidecar.yaml", "--concurrency", "0"))
        .isEqualTo(Runtime.getRuntime().availableProcessors());
  }

  @Test
  void nothingSaidIsOnePerCore() throws Exception {
    assertThat(started("--config", "sidecar.yaml"))
        .isEqualTo(Runtime.getRuntime().availableProcessors());
  }
}
