package dev.hawser.agent.capture;

import dev.hawser.host.capture.CaptureException;
import dev.hawser.host.capture.SshSession;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Waits until an applied plan has shown that it locks nobody out: the agent reaches its control
 * plane and the SSH session, if the command runs in one, goes on.
 */
public final class Confirmation {
  private static final Path PROC = Path.of("/proc");
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final Captures captures;
  private final Reach reach;
  private final Optional<SshSession> session;

  /**
   * @param session must live on; empty if there is none
   */
  public Confirmation(Captures captures, Reach reach, Optional<SshSession> session) {
    this.captures = captures;
    this.reach = reach;
    this.session = session;
  }

  /** How it ended. */
  public sealed interface Outcome {
    /** It stays. */
    record Confirmed() implements Outcome {}

    /** It was taken back, or has gone. */
    record RolledBack(String reason) implements Outcome {}
  }

  /**
   * Tries until it is shown, then confirms; takes the plan back when the time is over. Something
   * must have been written to the session since the plan was applied.
   *
   * @param id of the application
   * @param time to try for; less than the plan has
   */
  public Outcome await(String id, Duration time)
      throws CaptureException, IOException, InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    String trouble;
    do {
      CaptureReport now = captures.status();
      if (!now.installed().id().equals(id)) {
        return new Outcome.RolledBack("it has gone, or another one is in its place");
      }
      if (now.kind() == CaptureReport.Kind.CONFIRMED) {
        // By hand, meanwhile.
        return new Outcome.Confirmed();
      }
      Optional<String> wrong = trouble();
      if (wrong.isEmpty()) {
        captures.confirm();
        return new Outcome.Confirmed();
      }
      trouble = wrong.get();
      Thread.sleep(PAUSE);
    } while (System.nanoTime() - end < 0);
    captures.rollBack(id);
    return new Outcome.RolledBack(trouble);
  }

  private Optional<String> trouble() throws IOException, InterruptedException {
    Optional<String> wrong = reach.trouble();
    // Twice, with a pause: what was written may still have been on its way to the connection.
    for (int i = 0; i < 2 && wrong.isEmpty() && session.isPresent(); i++) {
      Thread.sleep(PAUSE);
      wrong = session.get().trouble(PROC);
    }
    return wrong;
  }
}
