package dev.hawser.controlplane.transport;

import dev.hawser.trust.spiffe.SpiffeId;
import io.grpc.Context;
import io.grpc.Status;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who makes the call that runs in this gRPC context: proved by its certificate and judged against
 * the bundles at the call's beginning, resumed session or not.
 */
public final class PeerIdentity {
  private static final Context.Key<SpiffeId> ID = Context.key("hawser-peer");
  private static final Context.Key<String> SOURCE = Context.key("hawser-source");

  private PeerIdentity() {}

  /** Returns the caller's identity; empty if it showed no certificate. */
  public static Optional<SpiffeId> current() {
    return Optional.ofNullable(ID.get());
  }

  /**
   * Returns the caller's identity.
   *
   * @throws io.grpc.StatusRuntimeException UNAUTHENTICATED if it showed no certificate
   */
  public static SpiffeId require() {
    return current()
        .orElseThrow(() ->
            Status.UNAUTHENTICATED
                .withDescription("this call needs a client certificate of the mesh")
                .asRuntimeException());
  }

  /** Returns the IP address that the call came from; empty text outside a call. */
  public static String source() {
    @Nullable String source = SOURCE.get();
    return source == null ? "" : source;
  }

  /** Returns a context in which {@link #current} is the given identity. */
  public static Context as(SpiffeId id) {
    return Context.current().withValue(ID, id);
  }

  static Context context(Optional<SpiffeId> id, String source) {
    Context context = Context.current().withValue(SOURCE, source);
    return id.isPresent() ? context.withValue(ID, id.get()) : context;
  }
}
