package dev.hawser.bench.cases;

/** A case whose figures would not mean what they say; the message says why, for people. */
public final class CaseFailed extends Exception {
  private static final long serialVersionUID = 1;

  /** Makes one. */
  public CaseFailed(String message) {
    super(message);
  }
}
