package dev.hawser.controlplane.admin;

import dev.hawser.api.admin.Problem;
import java.io.Serial;
import java.util.function.Supplier;

/** An answer that is an error. */
final class ProblemException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  ProblemException(int status, String code, String detail, String hint) {
    super(detail);
    this.problem = new Problem(status, code, detail, hint);
  }

  Problem problem() {
    return problem;
  }

  /** Reads input of the caller: what is wrong with it is the caller's to mend. */
  static <T> T input(String hint, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (IllegalArgumentException e) {
      throw new ProblemException(400, "invalid", String.valueOf(e.getMessage()), hint);
    }
  }
}
