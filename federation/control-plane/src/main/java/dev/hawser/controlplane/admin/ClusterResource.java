package dev.hawser.controlplane.admin;

import dev.hawser.api.admin.CheckReport;
import dev.hawser.api.admin.ClusterStatus;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;

/** The cluster about itself. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@SecurityScheme(
    securitySchemeName = "bearer",
    type = SecuritySchemeType.HTTP,
    scheme = "bearer",
    description = "The content of admin-token in the data directory")
@SecurityRequirement(name = "bearer")
public final class ClusterResource {
  private final AdminAccess access;

  @Inject
  ClusterResource(AdminAccess access) {
    this.access = access;
  }

  @GET
  @Path("cluster")
  @Operation(summary = "This cluster: registries, gateways, proxies, certificates")
  public ClusterStatus cluster() {
    return access.administration().cluster();
  }

  @GET
  @Path("check")
  @Operation(summary = "Everything that is worth knowing, with what to do about it")
  public CheckReport check() {
    return access.administration().check();
  }

  @POST
  @Path("registries/{source}/accept")
  @Operation(summary = "Takes what a held registry reports as the truth")
  public void accept(@PathParam("source") String source) {
    access.administration().accept(source);
  }
}
