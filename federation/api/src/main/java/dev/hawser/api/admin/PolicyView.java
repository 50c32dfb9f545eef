package dev.hawser.api.admin;

import java.time.Instant;
import java.util.List;

/**
 * An item of {@code GET /v1/policies}: one accepted document.
 *
 * @param services that it is about, {@code name.namespace}
 * @param document as it was applied, JSON with sorted keys
 */
public record PolicyView(
    String kind,
    String namespace,
    String name,
    List<String> services,
    Instant created,
    String document) {}
