package dev.hawser.controlplane.admin;

import dev.hawser.api.admin.AuthorityStatus;
import dev.hawser.controlplane.peer.FederationException;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;

/** Who signs the identities of this cluster. */
@Path("/v1/authority")
@Produces(MediaType.APPLICATION_JSON)
@SecurityRequirement(name = "bearer")
public final class AuthorityResource {
  private final AdminAccess access;

  @Inject
  AuthorityResource(AdminAccess access) {
    this.access = access;
  }

  @GET
  @Operation(summary = "The root, this cluster's intermediate, and others that have not ended")
  public AuthorityStatus status() {
    return access.administration().authority();
  }

  @POST
  @Path("renew")
  @Operation(
      summary = "Gives this cluster a new intermediate; workloads renew their certificates soon")
  public AuthorityStatus renew() throws FederationException {
    return access.administration().renewAuthority();
  }

  @DELETE
  @Path("intermediates/{serial}")
  @Operation(summary = "Takes an intermediate back: what it signed is refused by every member")
  public AuthorityStatus revoke(@PathParam("serial") String serial) throws FederationException {
    return access.administration().revokeIntermediate(serial);
  }
}
