package dev.hawser.controlplane.snapshot;

import dev.hawser.api.naming.ServiceName;

/**
 * A row of this cluster's own slot table.
 *
 * @param slot 0-9999
 * @param endpoint the endpoint that holds it, as {@link MeshEndpoint#key()} spells it
 * @param draining no longer advertised; splices that are open may end in their own time
 */
public record SlotAssignment(
    ServiceName service, int slot, long generation, String endpoint, boolean draining) {}
