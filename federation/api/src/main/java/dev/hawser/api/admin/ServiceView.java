package dev.hawser.api.admin;

import java.util.List;

/**
 * An item of {@code GET /v1/services}.
 *
 * @param ports e.g. {@code 8080/http}
 * @param exposure {@code private}, {@code everyone} or cluster names
 * @param sources registries and clusters it comes from
 * @param conditions visible conflicts and warnings, each a sentence
 */
public record ServiceView(
    String service,
    List<String> ports,
    String exposure,
    int localEndpoints,
    int remoteEndpoints,
    List<String> sources,
    List<String> conditions) {}
