package dev.hawser.controlplane.admin;

import dev.hawser.api.admin.ApplyReport;
import dev.hawser.api.admin.PolicyView;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.jspecify.annotations.Nullable;

/** Policies: the documents people already know. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@SecurityRequirement(name = "bearer")
public final class PolicyResource {
  private final AdminAccess access;

  @Inject
  PolicyResource(AdminAccess access) {
    this.access = access;
  }

  @POST
  @Path("apply")
  @Consumes({"application/yaml", "application/x-yaml", "text/yaml"})
  @Operation(
      summary = "Applies or deletes each document of a YAML stream; refuses bad ones by name")
  public ApplyReport apply(
      @Nullable String yaml,
      @QueryParam("delete") boolean delete,
      @QueryParam("dryRun") boolean dryRun) {
    return access.administration().apply(Bodies.yaml(yaml), delete, dryRun);
  }

  @GET
  @Path("policies")
  @Operation(summary = "Every accepted document")
  public List<PolicyView> policies() {
    return access.administration().policies();
  }
}
