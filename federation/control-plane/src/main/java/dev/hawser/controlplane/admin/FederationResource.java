package dev.hawser.controlplane.admin;

import dev.hawser.api.admin.FederationStatus;
import dev.hawser.api.admin.JoinReport;
import dev.hawser.api.admin.JoinRequest;
import dev.hawser.controlplane.peer.FederationException;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.jspecify.annotations.Nullable;

/** The federation, seen from this cluster. */
@Path("/v1/federation")
@Produces(MediaType.APPLICATION_JSON)
@SecurityRequirement(name = "bearer")
public final class FederationResource {
  private final AdminAccess access;

  @Inject
  FederationResource(AdminAccess access) {
    this.access = access;
  }

  @GET
  @Operation(summary = "The other members, their state, and conflicts about names")
  public FederationStatus status() {
    return access.administration().federation();
  }

  @POST
  @Path("join")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Joins the federation of whoever made the token, or says what that would do")
  public JoinReport join(@Nullable JoinRequest request) throws FederationException {
    return access.administration().join(Bodies.join(request));
  }

  @POST
  @Path("leave")
  @Operation(summary = "Leaves the federation")
  public JoinReport leave() throws FederationException {
    return access.administration().leave();
  }
}
