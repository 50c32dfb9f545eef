package dev.hawser.controlplane.admin;

import dev.hawser.api.admin.EndpointView;
import dev.hawser.api.admin.ServiceView;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.jspecify.annotations.Nullable;

/** What there is to call, and where it was learned. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@SecurityRequirement(name = "bearer")
public final class CatalogueResource {
  private final AdminAccess access;

  @Inject
  CatalogueResource(AdminAccess access) {
    this.access = access;
  }

  @GET
  @Path("services")
  @Operation(summary = "Every service that may be called from here")
  public List<ServiceView> services() {
    return access.administration().services();
  }

  @GET
  @Path("endpoints")
  @Operation(summary = "Endpoints with their provenance, of one service or of all")
  public List<EndpointView> endpoints(@QueryParam("service") @Nullable String service) {
    return access.administration().endpoints(service);
  }
}
