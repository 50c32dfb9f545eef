package dev.hawser.host.identity;

import dev.hawser.api.naming.ClusterName;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/** Says in words why a call to a control plane failed, and what a person does about it. */
public final class CallFailures {
  private static final Metadata.Key<String> CODE =
      Metadata.Key.of("hawser-code", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> HINT =
      Metadata.Key.of("hawser-hint", Metadata.ASCII_STRING_MARSHALLER);

  private CallFailures() {}

  /**
   * Explains a failed call.
   *
   * @param address {@code host:port} that was called
   * @param cluster whose control plane was expected there
   */
  public static IdentityException explain(
      StatusRuntimeException e, String address, ClusterName cluster) {
    Status status = e.getStatus();
    Metadata trailers = e.getTrailers();
    String code = trailers == null ? null : trailers.get(CODE);
    String hint = trailers == null ? null : trailers.get(HINT);
    String description = status.getDescription();
    if (code != null) {
      return new IdentityException(
          code, description == null ? code : description, hint == null ? "" : hint, e);
    }
    CertificateException distrust = distrust(e);
    if (distrust != null) {
      return new IdentityException(
          IdentityException.NOT_TRUSTED,
          "the server at "
              + address
              + " is not the control plane of "
              + cluster
              + ": "
              + distrust.getMessage(),
          "nothing was sent to it. Check the address, and whether something between intercepts TLS;"
              + " a token of a cluster that was set up anew must be issued again",
          e);
    }
    return switch (status.getCode()) {
      case UNAUTHENTICATED, PERMISSION_DENIED, FAILED_PRECONDITION, INVALID_ARGUMENT, NOT_FOUND ->
          new IdentityException(
              "refused",
              "the control plane at " + address + " refused: " + text(status),
              hint == null ? "" : hint,
              e);
      case UNIMPLEMENTED ->
          new IdentityException(
              "refused",
              "the server at " + address + " does not know this call: " + text(status),
              "it is another program, or a control plane of another release",
              e);
      default ->
          new IdentityException(
              IdentityException.UNREACHABLE,
              "the control plane at " + address + " does not answer: " + reason(e),
              "check that it runs and that port "
                  + HostPort.portOf(address)
                  + " of it is reachable from here",
              e);
    };
  }

  private static String text(Status status) {
    String description = status.getDescription();
    return description == null ? status.getCode().name() : description;
  }

  /** The innermost message says more than gRPC's own "io exception". */
  private static String reason(StatusRuntimeException e) {
    String message = text(e.getStatus());
    for (Throwable t = e.getCause(); t != null; t = t.getCause()) {
      if (t.getMessage() != null) {
        message = t.getMessage();
      }
    }
    return message.lines().findFirst().orElse("");
  }

  private static @Nullable CertificateException distrust(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof CertificateException certificate) {
        return certificate;
      }
    }
    return null;
  }
}
