package dev.hawser.engine.xds;

import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.time.Instant;

/**
 * A resource that is in force.
 *
 * @param resource as the control plane sent it
 * @param since when it came
 */
public record HeldResource(Resource resource, Instant since) {}
