package dev.hawser.agent.status;

/**
 * Something worth knowing.
 *
 * @param verdict {@code pass}, {@code warn} or {@code fail}
 * @param detail a sentence
 * @param remedy what to do; empty for a pass
 */
public record Finding(String verdict, String subject, String detail, String remedy) {
  static Finding pass(String subject, String detail) {
    return new Finding("pass", subject, detail, "");
  }

  static Finding warn(String subject, String detail, String remedy) {
    return new Finding("warn", subject, detail, remedy);
  }

  static Finding fail(String subject, String detail, String remedy) {
    return new Finding("fail", subject, detail, remedy);
  }
}
