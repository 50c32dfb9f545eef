package dev.hawser.agent.doctor;

/**
 * One thing that was looked at.
 *
 * @param seen a sentence: what is there, or why nobody looked
 * @param fix a command to run, or a file and field to change; empty if there is nothing to do
 */
public record Check(Layer layer, Verdict verdict, String seen, String fix) {
  /** How it is. */
  public enum Verdict {
    PASS,
    FAIL,
    /** Nobody looked: it does not matter here, or something before it has to be mended first. */
    SKIPPED
  }

  static Check pass(Layer layer, String seen) {
    return new Check(layer, Verdict.PASS, seen, "");
  }

  static Check fail(Layer layer, String seen, String fix) {
    return new Check(layer, Verdict.FAIL, seen, fix);
  }

  static Check skipped(Layer layer, String reason) {
    return new Check(layer, Verdict.SKIPPED, reason, "");
  }

  static Check skipped(Layer layer, String reason, String fix) {
    return new Check(layer, Verdict.SKIPPED, reason, fix);
  }
}
