package dev.hawser.trust.verify;

/** Ends a check at the first broken rule; never leaves the package. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Verdict.Refused verdict;

  Refusal(Reason reason, String detail) {
    // No stack trace: strangers decide how often this is thrown.
    super(detail, null, false, false);
    this.verdict = new Verdict.Refused(reason, detail);
  }

  Verdict.Refused verdict() {
    return verdict;
  }
}
