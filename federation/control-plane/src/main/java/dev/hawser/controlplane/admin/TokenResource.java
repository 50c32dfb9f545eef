package dev.hawser.controlplane.admin;

import dev.hawser.api.admin.IssuedToken;
import dev.hawser.api.admin.TokenRequest;
import dev.hawser.api.admin.TokenView;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.jspecify.annotations.Nullable;

/** Join tokens. */
@Path("/v1/tokens")
@Produces(MediaType.APPLICATION_JSON)
@SecurityRequirement(name = "bearer")
public final class TokenResource {
  private final AdminAccess access;

  @Inject
  TokenResource(AdminAccess access) {
    this.access = access;
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Makes a join token; the answer is the only time that it is shown")
  @APIResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = IssuedToken.class)))
  public Response issue(@Nullable TokenRequest request) {
    IssuedToken token = access.administration().issue(Bodies.token(request));
    CacheControl never = new CacheControl();
    never.setNoStore(true);
    return Response.status(Response.Status.CREATED).cacheControl(never).entity(token).build();
  }

  @GET
  @Operation(summary = "The tokens that were made, without their secrets; newest first")
  public List<TokenView> list() {
    return access.administration().tokens();
  }

  @DELETE
  @Path("{id}")
  @Operation(summary = "Withdraws a token that nobody has used yet")
  public void revoke(@PathParam("id") String id) {
    access.administration().revoke(id);
  }
}
