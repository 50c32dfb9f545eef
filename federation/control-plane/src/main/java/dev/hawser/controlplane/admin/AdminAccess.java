package dev.hawser.controlplane.admin;

import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What the REST resources work on, once the control plane runs. Until then nobody is let in: there
 * is no credential to compare with.
 */
@Singleton
public final class AdminAccess {
  private record Open(AdminCredential credential, Administration administration) {}

  private final AtomicReference<@Nullable Open> open = new AtomicReference<>();

  /** Lets requests in. */
  public void open(AdminCredential credential, Administration administration) {
    open.set(new Open(credential, administration));
  }

  /** Lets no more requests in. */
  public void close() {
    open.set(null);
  }

  boolean admits(@Nullable String authorization) {
    @Nullable Open now = open.get();
    return now != null && now.credential().matches(authorization);
  }

  Administration administration() {
    @Nullable Open now = open.get();
    if (now == null) {
      throw new ProblemException(
          503, "starting", "the control plane is starting or stopping", "try again in a moment");
    }
    return now.administration();
  }
}
