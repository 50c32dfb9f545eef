package dev.hawser.agent.run;

import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.config.AgentFiles;
import dev.hawser.agent.health.HealthMonitor;
import dev.hawser.agent.lease.LeaseKeeper;
import dev.hawser.agent.status.AgentStatus;
import dev.hawser.agent.status.StatusJson;
import dev.hawser.agent.status.StatusSocket;
import dev.hawser.api.model.Locality;
import dev.hawser.host.identity.CertificateFiles;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.host.identity.IdentityException;
import dev.hawser.host.identity.IdentityOptions;
import dev.hawser.host.sds.SecretServer;
import dev.hawser.proxy.boot.Proxy;
import dev.hawser.proxy.config.RunOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A VM's agent that runs: identity, embedded proxy, health checks and lease in one process. It
 * needs nothing but its data directory, also when no control plane answers.
 */
public final class Agent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

  /** How long the control plane may take to confirm the end of the lease. */
  private static final Duration LEAVE = Duration.ofSeconds(1);

  /** Without its proxy nobody pushes new bundles to the agent; it asks for them instead. */
  private static final Duration REFRESH = Duration.ofMinutes(10);

  private final AgentConfig config;
  private final IdentityClient identity;
  private final InstantSource clock;
  private final Instant started;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private @Nullable Proxy proxy;
  private @Nullable HealthMonitor health;
  private @Nullable LeaseKeeper lease;
  private boolean stopped;

  private Agent(AgentConfig config, IdentityClient identity, InstantSource clock) {
    this.config = config;
    this.identity = identity;
    this.clock = clock;
    this.started = clock.instant();
    open.push(identity);
  }

  /**
   * Starts from what is on disk.
   *
   * @throws IdentityException if there is no identity, or its certificate has ended
   * @throws IOException if an address cannot be bound or a file not be written
   */
  public static Agent start(
      AgentFiles files, AgentConfig config, RunOptions run, InstantSource clock)
      throws IdentityException, IOException, InterruptedException {
    IdentityOptions options =
        IdentityOptions.of(files.directory()).withControlPlane(config.controlPlane());
    Agent agent = new Agent(config, IdentityClient.open(options), clock);
    try {
      agent.begin(files, run);
      return agent;
    } catch (IOException | RuntimeException | InterruptedException e) {
      agent.close();
      throw e;
    }
  }

  /** Waits until the agent is asked to end over its socket. */
  public void awaitEnd() throws InterruptedException {
    end.await();
  }

  /**
   * Ends in order: the lease first, so that callers go elsewhere; then what is on its way; then the
   * rest. A second call does nothing.
   */
  public synchronized void stop() throws InterruptedException {
    if (stopped) {
      return;
    }
    stopped = true;
    if (lease != null && !lease.leave(LEAVE)) {
      LOG.warn("The end of the lease was not confirmed; it runs out by itself.");
    }
    Proxy running = proxy;
    if (running != null) {
      drain(running);
    }
    close();
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      closeQuietly(open.pop());
    }
  }

  private static void closeQuietly(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      LOG.warn("A part did not close. part={}", part.getClass().getSimpleName(), e);
    }
  }

  /** Returns what there is to say. */
  public AgentStatus status() {
    return new AgentStatus(
        config.name(),
        identity.enrolment().cluster().toString(),
        identity.enrolment().id().toString(),
        identity.status().expires(),
        LeasedServices.names(identity.enrolment().services()),
        Statuses.running(started, identity, proxy, lease, health));
  }

  private void begin(AgentFiles files, RunOptions run) throws IOException, InterruptedException {
    if (!config.noProxy()) {
      // First of all: from here on a predecessor, if there is one, is at no path any more.
      Proxy started = Proxy.start(ProxyConfigs.of(config, files.directory()), identity, run);
      open.push(started);
      started.onHandover(this::makeRoom);
      var _ = started.handedOver().thenRun(end::countDown);
      proxy = started;
    }
    if (!config.writeCerts().isEmpty()) {
      open.push(CertificateFiles.keep(Path.of(config.writeCerts()), identity));
    }
    if (!config.secretsSocket().isEmpty()) {
      open.push(SecretServer.start(Path.of(config.secretsSocket()), identity));
    }
    if (config.noProxy()) {
      open.push(RefreshTimer.start(identity, REFRESH));
    }
    HealthMonitor monitor =
        HealthMonitor.start(
            LeasedServices.checks(identity.enrolment().services(), config),
            HealthMonitor.Pace.USUAL,
            clock,
            this::healthChanged);
    health = monitor;
    open.push(monitor);
    LeaseKeeper keeper =
        LeaseKeeper.start(
            identity,
            new LeaseKeeper.Machine(
                config.name(), config.address(), Locality.parse(config.locality())),
            this::healthByService,
            LeaseKeeper.Pace.USUAL,
            clock);
    lease = keeper;
    open.push(keeper);
    open.push(
        StatusSocket.start(
            files.socket(),
            Map.of("status", this::statusText, "renew", this::renewSoon, "leave", this::endSoon)));
    LOG.info(
        "Agent started. name={} identity={} address={}",
        config.name(),
        identity.enrolment().id(),
        config.address());
  }

  /** A successor keeps the lease and stands at the paths from now on; only the proxy is left. */
  private synchronized void makeRoom() {
    lease = null;
    Proxy running = proxy;
    while (running != null && open.peek() != null && open.peek() != running) {
      closeQuietly(open.pop());
    }
  }

  /** Only what the token granted: the control plane does not know other names. */
  private Map<String, Boolean> healthByService() {
    Map<String, Boolean> known = new TreeMap<>();
    HealthMonitor monitor = health;
    if (monitor != null) {
      known.putAll(monitor.byService());
      known.keySet().retainAll(LeasedServices.names(identity.enrolment().services()));
    }
    return known;
  }

  private void healthChanged() {
    LeaseKeeper keeper = lease;
    if (keeper != null) {
      keeper.healthChanged();
    }
  }

  private String statusText() {
    try {
      return StatusJson.write(status());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String renewSoon() {
    identity.renewSoon();
    return "renewing";
  }

  private String endSoon() {
    end.countDown();
    return "ending";
  }

  private static void drain(Proxy proxy) throws InterruptedException {
    try {
      proxy
          .drainTrigger()
          .begin("agent stops")
          .get(proxy.drainTrigger().deadline().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      LOG.warn("Requests were still on their way when the drain's time was over.");
    } catch (ExecutionException e) {
      LOG.warn("The proxy did not drain.", e.getCause());
    }
  }
}
