package dev.hawser.agent.health;

import java.time.Instant;

/**
 * What is known of one application.
 *
 * @param service {@code name.namespace}
 * @param check what is asked, for people
 * @param healthy as it is reported to the mesh; not before the first answer
 * @param reason why not; empty if healthy
 * @param since when it became so
 */
public record Health(String service, String check, boolean healthy, String reason, Instant since) {}
