package dev.hawser.controlplane.vm;

import dev.hawser.api.model.Provenance;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.enroll.GrantedService;
import dev.hawser.controlplane.enroll.LeaseSink;
import dev.hawser.controlplane.enroll.VmLease;
import dev.hawser.controlplane.registry.Literals;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.registry.RegistryWatcher;
import dev.hawser.controlplane.registry.Reporter;
import dev.hawser.controlplane.registry.ServiceRegistry;
import dev.hawser.controlplane.registry.Site;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services on VMs: while an agent renews its lease, its VM is an endpoint of every service that its
 * token granted. A lease that is not renewed ends after {@link LeaseTimes#lease}, an orderly leave
 * ends it at once, and leases known before a restart are kept in their last known state for {@link
 * LeaseTimes#grace}.
 *
 * <p>Thread-safe. Time is the given clock's, but a control plane that was frozen or starved does
 * not hold that against the agents: a gap between two ticks is added to every deadline.
 */
public final class VmLeaseRegistry implements ServiceRegistry, LeaseSink {
  public static final String SOURCE = "vm";

  private static final Logger LOG = LoggerFactory.getLogger(VmLeaseRegistry.class);
  private static final Duration TICK = Duration.ofMillis(250);
  private static final Duration STALL = Duration.ofSeconds(1);
  private static final Duration GATHER = Duration.ofMillis(10);
  private static final Duration SAVE = Duration.ofMillis(500);
  private static final int MAX_HOST = 253;

  private final LeaseTimes times;
  private final InstantSource clock;
  private final VmLeaseStore store;
  private final LeaseView view;
  private final Reporter reporter;

  /** A thread of its own: a slow store must not delay the end of a lease. */
  private final Reporter saver;

  /** Orders what is written; taken before the registry's own lock. */
  private final Object writing = new Object();

  /** By {@link HeldLease#key}. */
  private final TreeMap<String, HeldLease> leases = new TreeMap<>();

  private final TreeMap<ServiceName, KnownService> services = new TreeMap<>();
  private @Nullable RegistryWatcher watcher;
  private Instant lastTick;
  private boolean resynced = true;

  /**
   * Loads what was known before.
   *
   * @throws IOException if the store cannot be read
   */
  public VmLeaseRegistry(LeaseTimes times, Site site, InstantSource clock, VmLeaseStore store)
      throws IOException {
    this.times = times;
    this.clock = clock;
    this.store = store;
    this.view = new LeaseView(site);
    this.lastTick = clock.instant();
    this.reporter = new Reporter("registry-vm", GATHER, this::report);
    this.saver = new Reporter("registry-vm-store", SAVE, this::saveSoon);
    Optional<byte[]> saved = store.load();
    if (saved.isPresent()) {
      SavedLeases known = LeaseCodec.read(saved.get(), lastTick.plus(times.grace()));
      known.leases().forEach(lease -> leases.put(lease.key(), lease));
      known.services().forEach(it -> services.put(it.service().name(), it));
    }
  }

  @Override
  public String source() {
    return SOURCE;
  }

  @Override
  public Provenance.Registry kind() {
    return Provenance.Registry.VM;
  }

  @Override
  public synchronized void start(RegistryWatcher watcher) {
    if (this.watcher != null) {
      throw new IllegalStateException("VM lease registry was started before");
    }
    this.watcher = watcher;
    reporter.changed();
    reporter.every(TICK, this::tick);
  }

  @Override
  public void close() {
    reporter.close();
    saver.close();
    saveSoon();
  }

  @Override
  public Duration renew(VmLease lease) {
    Literals.requireAddress("address", lease.address());
    if (lease.host().isBlank() || lease.host().length() > MAX_HOST) {
      throw new IllegalArgumentException(
          "host: '"
              + lease.host()
              + "' (expected: the host's name, 1-"
              + MAX_HOST
              + " characters)");
    }
    String key = HeldLease.key(lease);
    synchronized (this) {
      Instant now = clock.instant();
      HeldLease before = leases.get(key);
      Instant since = before == null ? now : before.since();
      leases.put(key, new HeldLease(lease, since, now.plus(times.lease())));
      for (GrantedService service : lease.services()) {
        KnownService known = services.get(service.name());
        Instant created = known == null ? now : known.created();
        services.put(service.name(), new KnownService(service, created, now));
      }
      if (before == null) {
        LOG.info("VM lease begins lease={}", key);
      }
      if (before == null || !before.lease().equals(lease)) {
        changed();
      }
    }
    return times.lease();
  }

  @Override
  public synchronized void end(VmLease lease) {
    String key = HeldLease.key(lease);
    if (leases.remove(key) != null) {
      LOG.info("VM left lease={}", key);
      changed();
    }
  }

  /** Ends the leases that ran out. */
  synchronized void tick() {
    Instant now = clock.instant();
    Duration gap = Duration.between(lastTick, now);
    lastTick = now;
    if (gap.compareTo(STALL) > 0) {
      LOG.warn("VM leases prolonged, the control plane stood still millis={}", gap.toMillis());
      leases.replaceAll((_, lease) -> lease.until(lease.deadline().plus(gap)));
      return;
    }
    for (HeldLease lease : List.copyOf(leases.values())) {
      if (!now.isBefore(lease.deadline())) {
        LOG.warn("VM lease ran out, no heartbeat lease={}", lease.key());
        leases.remove(lease.key());
        changed();
      }
    }
    Instant forgotten = now.minus(times.memory());
    for (KnownService known : List.copyOf(services.values())) {
      if (known.lastLease().isBefore(forgotten) && !isLeased(known.service().name())) {
        services.remove(known.service().name());
        changed();
      }
    }
  }

  private boolean isLeased(ServiceName name) {
    return leases.values().stream()
        .flatMap(lease -> lease.lease().services().stream())
        .anyMatch(service -> service.name().equals(name));
  }

  private void changed() {
    reporter.changed();
    saver.changed();
  }

  private void report() {
    RegistryState state;
    RegistryWatcher target;
    synchronized (this) {
      target = watcher;
      state = view.state(leases.values(), services.values(), resynced, clock.instant());
      resynced = false;
    }
    if (target != null) {
      target.onState(state);
    }
  }

  private void saveSoon() {
    try {
      synchronized (writing) {
        byte[] value;
        synchronized (this) {
          value =
              LeaseCodec.write(
                  new SavedLeases(List.copyOf(leases.values()), List.copyOf(services.values())));
        }
        store.save(value);
      }
    } catch (IOException failed) {
      // Every heartbeat tells the lease again: only a restart within the outage would miss it.
      LOG.warn("VM leases could not be stored, trying again", failed);
      saver.changed();
    }
  }
}
