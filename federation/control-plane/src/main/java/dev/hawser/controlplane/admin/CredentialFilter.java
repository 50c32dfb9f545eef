package dev.hawser.controlplane.admin;

import dev.hawser.api.admin.Problem;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;

/**
 * Lets only the holder of the credential in. It stands before the choice of a handler and looks at
 * no path, so there is none that it could be talked around: whatever a resource is called, it is
 * behind this.
 */
@Provider
@PreMatching
@Priority(Priorities.AUTHENTICATION)
public final class CredentialFilter implements ContainerRequestFilter {
  private static final Problem REFUSED =
      new Problem(
          401,
          "unauthenticated",
          "no valid credential (expected: Authorization: Bearer with the content of admin-token)",
          "read the file admin-token in the control plane's data directory");

  private final AdminAccess access;

  @Inject
  CredentialFilter(AdminAccess access) {
    this.access = access;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (!access.admits(request.getHeaderString(HttpHeaders.AUTHORIZATION))) {
      request.abortWith(Problems.response(REFUSED));
    }
  }
}
