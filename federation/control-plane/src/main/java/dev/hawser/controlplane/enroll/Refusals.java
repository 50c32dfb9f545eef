package dev.hawser.controlplane.enroll;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Optional;

/** Errors as the callers of Enrollment and Peering read them: status, sentence, code and hint. */
public final class Refusals {
  private static final Metadata.Key<String> CODE =
      Metadata.Key.of("hawser-code", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> HINT =
      Metadata.Key.of("hawser-hint", Metadata.ASCII_STRING_MARSHALLER);

  private Refusals() {}

  /**
   * Makes an error.
   *
   * @param status what kind it is
   * @param code stable, for programs
   * @param detail a sentence that names the value and what was expected, never a secret
   * @param hint what to do next; may be empty
   */
  public static StatusRuntimeException of(
      Status.Code status, String code, String detail, String hint) {
    Metadata trailers = new Metadata();
    trailers.put(CODE, code);
    if (!hint.isEmpty()) {
      trailers.put(HINT, ascii(hint));
    }
    return status.toStatus().withDescription(detail).asRuntimeException(trailers);
  }

  /** Returns the code of an error that another control plane made with {@link #of}. */
  public static Optional<String> code(StatusRuntimeException error) {
    return trailer(error, CODE);
  }

  /** Returns what an error of another control plane says to do next. */
  public static Optional<String> hint(StatusRuntimeException error) {
    return trailer(error, HINT);
  }

  private static Optional<String> trailer(StatusRuntimeException error, Metadata.Key<String> key) {
    return Optional.ofNullable(error.getTrailers()).map(trailers -> trailers.get(key));
  }

  /** Trailers carry printable ASCII alone. */
  private static String ascii(String text) {
    return text.replaceAll("[^ -~]", "?");
  }
}
