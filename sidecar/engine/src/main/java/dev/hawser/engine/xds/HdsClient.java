package dev.hawser.engine.xds;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.health.v3.Capability;
import io.envoyproxy.envoy.service.health.v3.EndpointHealthResponse;
import io.envoyproxy.envoy.service.health.v3.HealthCheckRequest;
import io.envoyproxy.envoy.service.health.v3.HealthCheckRequestOrEndpointHealthResponse;
import io.envoyproxy.envoy.service.health.v3.HealthCheckSpecifier;
import io.envoyproxy.envoy.service.health.v3.HealthDiscoveryServiceGrpc;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Health discovery: the control plane says what to probe, and hears the results. What was last
 * asked for stays in force while the control plane is away.
 */
public final class HdsClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HdsClient.class);

  private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(1);
  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

  /** Who probes; called on the client's one thread, must not block. */
  public interface Prober {
    /** Replaces what is to be probed. */
    void probe(HealthCheckSpecifier specifier);

    /** Returns the results of this moment. */
    EndpointHealthResponse results();
  }

  private final Node node;
  private final Prober prober;
  private final ScheduledExecutorService executor = StreamKeeper.thread("hds");
  private final StreamKeeper<HealthCheckRequestOrEndpointHealthResponse, HealthCheckSpecifier>
      stream;
  private @Nullable ScheduledFuture<?> reports;

  /** Makes a client; it does nothing until {@link #start}. */
  public HdsClient(Node node, ControlPlaneDialer dialer, Prober prober) {
    this.node = node;
    this.prober = prober;
    this.stream =
        new StreamKeeper<>(
            "Health stream",
            dialer,
            HealthDiscoveryServiceGrpc.getStreamHealthCheckMethod(),
            executor,
            new StreamKeeper.Handler<HealthCheckSpecifier>() {
              @Override
              public void opened() {
                introduce();
              }

              @Override
              public void received(HealthCheckSpecifier specifier) {
                begin(specifier);
              }

              @Override
              public void closed() {
                stopReports();
              }
            });
  }

  /** Begins to dial. */
  public void start() {
    executor.execute(stream::start);
  }

  /** Whether the control plane has answered on the present stream. */
  public boolean isConnected() {
    return stream.isConnected();
  }

  /** Returns the time since the control plane was last known to live, empty if never. */
  public Optional<Duration> contactAge() {
    return Optional.ofNullable(stream.contactAge());
  }

  /** Reports at once, beside the regular reports: a change should not wait for its turn. */
  public void reportNow() {
    try {
      executor.execute(this::report);
    } catch (RejectedExecutionException _) {
      LOG.debug("The health client is closed");
    }
  }

  private void introduce() {
    stream.send(
        HealthCheckRequestOrEndpointHealthResponse.newBuilder()
            .setHealthCheckRequest(
                HealthCheckRequest.newBuilder()
                    .setNode(node)
                    .setCapability(
                        Capability.newBuilder().addHealthCheckProtocols(Capability.Protocol.HTTP)))
            .build());
  }

  private void begin(HealthCheckSpecifier specifier) {
    prober.probe(specifier);
    stopReports();
    long interval =
        specifier.hasInterval()
            ? Math.max(
                SHORTEST_INTERVAL.toMillis(),
                specifier.getInterval().getSeconds() * 1000
                    + specifier.getInterval().getNanos() / 1_000_000)
            : DEFAULT_INTERVAL.toMillis();
    reports =
        executor.scheduleWithFixedDelay(this::report, interval, interval, TimeUnit.MILLISECONDS);
  }

  private void report() {
    try {
      if (stream.isOpen() && reports != null) {
        stream.send(
            HealthCheckRequestOrEndpointHealthResponse.newBuilder()
                .setEndpointHealthResponse(prober.results())
                .build());
      }
    } catch (RuntimeException e) {
      LOG.error("A health report failed", e);
    }
  }

  private void stopReports() {
    if (reports != null) {
      reports.cancel(false);
      reports = null;
    }
  }

  @Override
  public void close() {
    executor.execute(() -> {
      stopReports();
      stream.close();
      executor.shutdown();
    });
  }
}
