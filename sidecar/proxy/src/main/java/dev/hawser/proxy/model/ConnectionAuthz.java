package dev.hawser.proxy.model;

import java.util.Optional;

/**
 * Whom to ask whether a connection of raw bytes may pass: Envoy's external authorization of
 * connections.
 *
 * @param passOnError whether it passes when the service does not answer
 * @param when a test of what the rules said before; the service is asked only if it passes
 */
public record ConnectionAuthz(
    ExtAuthzConfig.Service.Grpc service, boolean passOnError, Optional<Access.Rule.Told> when) {}
