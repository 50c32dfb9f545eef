package dev.hawser.proxy.authz;

import dev.hawser.engine.metrics.Counter;
import dev.hawser.engine.metrics.Family;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.proxy.call.SideCall;
import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.filter.Metadata;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.ConnectionAuthz;
import dev.hawser.proxy.upstream.Upstreams;
import dev.hawser.proxy.worker.Worker;
import dev.hawser.trust.spiffe.SpiffeId;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Asks a service about connections of raw bytes. Safe for any thread. */
public final class ConnectionAuthorizer {
  private final Upstreams upstreams;
  private final Supplier<Optional<SpiffeId>> self;
  private final Family<Counter> outcomes;

  /**
   * Makes one.
   *
   * @param self the proxy's own identity at a moment
   */
  public ConnectionAuthorizer(
      Upstreams upstreams, Supplier<Optional<SpiffeId>> self, Metrics metrics) {
    this.upstreams = upstreams;
    this.self = self;
    this.outcomes =
        metrics.counter(
            "hawser_tcp_ext_authz_total", "Connections that a service was asked about", "outcome");
  }

  /** Whether the service is to be asked at all, by what the rules said. */
  public boolean concerns(ConnectionAuthz config, Metadata told) {
    Access.Rule.Told rule = config.when().orElse(null);
    return rule == null || rule.value().test(told.get(rule.filter(), rule.path())) != rule.invert();
  }

  /**
   * Asks; on the connection's loop.
   *
   * @param then called once on the loop, after this method has returned: whether it may pass
   */
  public SideCall ask(
      ConnectionAuthz config, Worker worker, Downstream from, Consumer<Boolean> then) {
    return AuthorizationCall.check(
        config.service(),
        worker,
        upstreams.get(config.service().upstream()),
        AuthorizationCall.attributes(from, self.get(), AttributeContext.Request.newBuilder())
            .build(),
        ruling -> then.accept(passes(config, ruling)));
  }

  private boolean passes(ConnectionAuthz config, Ruling ruling) {
    return switch (ruling) {
      case Ruling.Allowed _ -> counted("ok", true);
      case Ruling.Denied _ -> counted("denied", false);
      case Ruling.Unknown _ ->
          config.passOnError() ? counted("failure_mode_allowed", true) : counted("error", false);
    };
  }

  private boolean counted(String outcome, boolean passes) {
    outcomes.with(outcome).increment();
    return passes;
  }
}
