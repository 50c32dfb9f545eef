package dev.hawser.it.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.Internet;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * SIGKILL at random points of every step: the rules are wholly there or wholly gone, an unconfirmed
 * plan goes away, and the next command finds its way.
 */
class CaptureKillIT {
  /** Of each step; `-Dcapture.kills=20` asks for more than every run of the tests has time for. */
  private static final int POINTS = Integer.getInteger("capture.kills", 2);

  private final Random random = new Random();
  private final Path folder = Home.folder("capture-kill");

  /** What one step came to: whether it had happened when it was killed. */
  private static final class Tally {
    private final String step;
    private int before;
    private int after;

    Tally(String step) {
      this.step = step;
    }

    void count(boolean happened) {
      if (happened) {
        after++;
      } else {
        before++;
      }
    }

    @Override
    public String toString() {
      return step + " killed " + before + " times before and " + after + " times after it happened";
    }
  }

  /** One machine's loop. */
  private interface Loop {
    Tally run(CapturedHost host) throws Exception;
  }

  @Test
  void whoeverIsKilledWhenTheRulesAreWholeOrGone() throws Exception {
    List<Loop> loops =
        List.of(
            this::applyIsKilled,
            this::confirmIsKilled,
            this::removeIsKilled,
            this::rollbackIsKilled);
    try (Internet nowhere = Internet.none();
        ExecutorService threads = Executors.newFixedThreadPool(loops.size())) {
      List<Future<Tally>> running = new ArrayList<>();
      for (int i = 0; i < loops.size(); i++) {
        CapturedHost host = CapturedHost.bare(nowhere, folder, "vm" + i, 11 + i);
        Loop loop = loops.get(i);
        running.add(
            threads.submit(() -> {
              String others = host.rulesOfOthers();
              Tally tally = loop.run(host);
              assertThat(host.rulesOfOthers()).isEqualTo(others);
              host.close();
              return tally;
            }));
      }
      for (Future<Tally> one : running) {
        System.out.println("STORY capture: " + one.get());
      }
    }
  }

  private Tally applyIsKilled(CapturedHost host) throws Exception {
    Tally tally = new Tally("apply");
    String whole = reference(host);
    Duration usual = duration(host, "apply", "--by-hand", "--confirm-within", "1");
    for (int i = 0; i < POINTS; i++) {
      kill(host, i, usual, "apply", "--by-hand", "--confirm-within", "2");
      String rules = shape(host.ours());
      assertThat(rules).isIn("", whole);
      tally.count(!rules.isEmpty());
      assertGoesAway(host);
      // Whatever was written down, it is read.
      assertThat(host.capture("status").exit()).isIn(0, 3);
    }
    // What was left behind is in nobody's way.
    host.captureWith();
    assertThat(shape(host.ours())).isEqualTo(whole);
    return tally;
  }

  private Tally confirmIsKilled(CapturedHost host) throws Exception {
    Tally tally = new Tally("confirm");
    String whole = reference(host);
    host.capture("apply", "--by-hand").orFail();
    Duration usual = duration(host, "confirm");
    for (int i = 0; i < POINTS; i++) {
      host.capture("apply", "--by-hand", "--confirm-within", "8").orFail();
      kill(host, i, usual, "confirm");
      String rules = host.ours();
      assertThat(shape(rules)).isEqualTo(whole);
      if (rules.contains("chain unconfirmed_")) {
        tally.count(false);
        // What is before it is the one that was confirmed by the loop's last turn, or none.
        await("a rollback")
            .atMost(Duration.ofSeconds(20))
            .until(() -> !host.ours().contains("unconfirmed_"));
        assertThat(shape(host.ours())).isIn("", whole);
      } else {
        tally.count(true);
        // Also if it was killed before it could write that down.
        host.capture("confirm").orFail();
        assertThat(host.capture("status").orFail().output()).startsWith("confirmed");
      }
    }
    return tally;
  }

  private Tally removeIsKilled(CapturedHost host) throws Exception {
    Tally tally = new Tally("remove");
    String whole = reference(host);
    host.captureWith();
    Duration usual = duration(host, "remove");
    for (int i = 0; i < POINTS; i++) {
      host.captureWith();
      kill(host, i, usual, "remove");
      String rules = shape(host.ours());
      assertThat(rules).isIn("", whole);
      tally.count(rules.isEmpty());
      host.capture("remove").orFail();
      assertThat(host.ours()).isEmpty();
      assertThat(host.capture("status").orFail().output()).startsWith("none");
    }
    return tally;
  }

  private Tally rollbackIsKilled(CapturedHost host) throws Exception {
    Tally tally = new Tally("rollback");
    String whole = reference(host);
    for (int i = 0; i < POINTS; i++) {
      host.capture("apply", "--by-hand", "--confirm-within", "1").orFail();
      TimeUnit.MILLISECONDS.sleep(random.nextInt(2500));
      boolean killed = host.killRollbacks() > 0;
      String rules = shape(host.ours());
      assertThat(rules).isIn("", whole);
      tally.count(rules.isEmpty());
      // The kernel captures no more, whoever is left to tidy up.
      await("the end of the capture")
          .atMost(Duration.ofSeconds(5))
          .until(() -> !host.ours().contains("elements"));
      assertThat(host.capture("status").exit()).as("killed: " + killed).isEqualTo(3);
      host.capture("restore").orFail();
      assertThat(host.ours()).isEmpty();
    }
    return tally;
  }

  /**
   * Starts a command, and kills it at a random moment: alone, or with the programs that it runs.
   */
  private void kill(CapturedHost host, int turn, Duration usual, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(host.command(command))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log(host)));
    builder.environment().putAll(CapturedHost.BRIEF);
    Process process = builder.start();
    // The start of Java is the longest part of it, and nothing has happened by then.
    long earliest = usual.toMillis() / 3;
    TimeUnit.MILLISECONDS.sleep(earliest + random.nextLong(usual.toMillis() - earliest));
    List<ProcessHandle> programs = turn % 2 == 0 ? List.of() : process.descendants().toList();
    process.destroyForcibly();
    programs.forEach(ProcessHandle::destroyForcibly);
    process.waitFor();
    // A program that was not killed with it may be about to tell the kernel.
    for (ProcessHandle program : programs) {
      program.onExit().orTimeout(5, TimeUnit.SECONDS).join();
    }
  }

  private File log(CapturedHost host) {
    return folder.resolve(host.site().name() + ".log").toFile();
  }

  private static void assertGoesAway(CapturedHost host) {
    await("it goes away").atMost(Duration.ofSeconds(20)).until(() -> host.ours().isEmpty());
    // And stays away: nobody was about to put it back.
    assertThat(host.ours()).isEmpty();
  }

  private static Duration duration(CapturedHost host, String... command) {
    long begin = System.nanoTime();
    host.capture(command).orFail();
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Returns what the usual plan looks like in the kernel, and leaves nothing there. */
  private static String reference(CapturedHost host) {
    host.captureWith();
    String rules = shape(host.ours());
    assertThat(rules).contains("out-capture", "in-capture", "in-ssh", "out-ssh");
    host.capture("remove").orFail();
    return rules;
  }

  /** Leaves out what differs between applications, and between unconfirmed and confirmed. */
  private static String shape(String rules) {
    return rules
        .replaceAll("\\s*chain unconfirmed_[0-9a-f]+ \\{\\s*\\}\n", "\n")
        .replaceAll("plan_[0-9a-f]+", "plan")
        .replaceAll("\\s*elements = \\{[^}]*\\}", "");
  }
}
