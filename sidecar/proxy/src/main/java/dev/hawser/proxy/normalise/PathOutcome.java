package dev.hawser.proxy.normalise;

import io.netty.util.AsciiString;

/** What becomes of a request target. */
public sealed interface PathOutcome {
  /** It is in its one form already. */
  record Unchanged() implements PathOutcome {
    static final Unchanged INSTANCE = new Unchanged();
  }

  /**
   * It is taken for another.
   *
   * @param target with the query as it was
   */
  record Changed(AsciiString target) implements PathOutcome {}

  /**
   * The client is sent to another.
   *
   * @param target with the query as it was
   */
  record Redirect(AsciiString target) implements PathOutcome {}

  /**
   * The request is refused.
   *
   * @param reason a sentence fragment
   */
  record Refused(String reason) implements PathOutcome {}
}
