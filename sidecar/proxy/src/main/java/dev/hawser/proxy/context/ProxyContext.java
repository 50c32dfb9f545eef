package dev.hawser.proxy.context;

import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.tls.MeshTls;
import dev.hawser.proxy.access.AccessGate;
import dev.hawser.proxy.authz.ConnectionAuthorizer;
import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.observe.Observers;
import dev.hawser.proxy.routing.RouteBook;
import dev.hawser.proxy.telemetry.Telemetry;
import dev.hawser.proxy.upstream.Upstreams;
import dev.hawser.proxy.worker.Workers;
import dev.hawser.trust.spiffe.SpiffeId;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the parts of one proxy share.
 *
 * @param tls absent only in tests without other proxies
 * @param self the proxy's own identity at this moment; empty once its certificate has ended
 */
public record ProxyContext(
    EventLoops loops,
    Workers workers,
    Upstreams upstreams,
    RouteBook routes,
    Filters filters,
    Observers observers,
    AccessGate gate,
    ConnectionAuthorizer authorizer,
    Connections connections,
    Telemetry telemetry,
    HttpLimits limits,
    Optional<MeshTls> tls,
    Supplier<Optional<SpiffeId>> self) {}
