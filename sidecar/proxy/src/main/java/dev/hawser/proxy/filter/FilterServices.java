package dev.hawser.proxy.filter;

import dev.hawser.engine.metrics.Metrics;
import dev.hawser.proxy.upstream.Upstreams;
import dev.hawser.proxy.worker.Workers;
import dev.hawser.trust.spiffe.SpiffeId;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What filters are made of.
 *
 * @param self the proxy's own identity at this moment; empty once its certificate has ended
 */
public record FilterServices(
    Workers workers, Upstreams upstreams, Metrics metrics, Supplier<Optional<SpiffeId>> self) {}
