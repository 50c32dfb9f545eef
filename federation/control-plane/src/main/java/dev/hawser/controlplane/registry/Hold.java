package dev.hawser.controlplane.registry;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Service;
import java.time.Instant;
import java.util.List;

/**
 * What the guard keeps although its source no longer reports it.
 *
 * @param source as {@link ServiceRegistry#source}
 * @param reason why, as a sentence
 * @param since when the last withdrawal was held
 * @param until when it ends by itself
 * @param services with nothing but their held endpoints
 */
public record Hold(
    String source, String reason, Instant since, Instant until, List<Service> services) {
  public Hold {
    services = List.copyOf(services);
  }

  /** Returns how many endpoints are held. */
  public int endpointCount() {
    return services.stream().mapToInt(service -> service.endpoints().size()).sum();
  }

  /** Whether the endpoint is served only because of this hold. */
  public boolean holds(Endpoint endpoint) {
    return services.stream()
        .flatMap(service -> service.endpoints().stream())
        .anyMatch(held -> held.id().equals(endpoint.id()));
  }
}
