package dev.hawser.host.capture;

import java.time.Duration;
import java.util.List;

/**
 * What takes an unconfirmed plan back when its time is over, as a text for sh(1): it needs nothing
 * of ours to be alive or even installed by then. Pure.
 */
final class RollbackShell {
  private static final String END = "HAWSER_END";

  private RollbackShell() {}

  /**
   * @param scripts the first decides whether the plan is still there and unconfirmed; if not, it
   *     fails and the others do not run
   */
  static String text(Duration wait, List<Script> scripts) {
    StringBuilder text = new StringBuilder("sleep " + wait.toSeconds() + "\n");
    for (int i = 0; i < scripts.size(); i++) {
      text.append(String.join(" ", scripts.get(i).command()))
          .append(" <<'" + END + "'")
          .append(i == 0 ? " || exit 0" : "")
          .append('\n')
          .append(scripts.get(i).input())
          .append(END + "\n");
    }
    return text.append(
            """
            logger -t hawser-agent 'Capture was not confirmed in time and is rolled back.'
            """)
        .toString();
  }
}
