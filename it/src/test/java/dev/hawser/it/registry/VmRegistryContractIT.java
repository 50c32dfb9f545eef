package dev.hawser.it.registry;

import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.Provenance;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.enroll.GrantedService;
import dev.hawser.controlplane.enroll.VmLease;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.registry.ServiceRegistry;
import dev.hawser.controlplane.registry.Site;
import dev.hawser.controlplane.vm.LeaseTimes;
import dev.hawser.controlplane.vm.VmLeaseRegistry;
import dev.hawser.controlplane.vm.VmLeaseStore;
import dev.hawser.trust.spiffe.SpiffeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Agents that renew their leases once a second, or fall silent. */
final class VmRegistryContractIT extends ServiceRegistryContract {
  @Override
  Upstream upstream(Path folder) {
    return new Agents(folder);
  }

  @Override
  Provenance.Registry kind() {
    return Provenance.Registry.VM;
  }

  @Test
  void agentsThatFallSilentAreOutWithinTenSecondsAndNeverHeld() {
    Agents agents = (Agents) upstream();
    agents.service("orders", "true", List.of(ORDERS_1, ORDERS_2));
    agents.service("stock", "", List.of(STOCK_1));
    start();
    reports.awaitReady("three agents", "orders", "10.7.0.1", "10.7.0.2");
    Instant silent = Instant.now();

    agents.fallSilent();

    RegistryState state = reports.await("all leases run out", SOON, it -> it.endpointCount() == 0);
    Assertions.assertThat(Duration.between(silent, state.observed()))
        .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(8));
    Assertions.assertThat(state.services()).as("the names are still known").hasSize(2);
  }

  private static final class Agents implements Upstream {
    private final VmLeaseStore store;
    private final Map<String, VmLease> leases = new ConcurrentSkipListMap<>();
    private final Map<String, String> exports = new ConcurrentHashMap<>();
    private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor();
    private volatile @Nullable VmLeaseRegistry registry;

    Agents(Path folder) {
      this.store = new OneFile(folder.resolve("leases.json"));
      var _ = heart.scheduleAtFixedRate(this::beat, 0, 1, TimeUnit.SECONDS);
    }

    @Override
    public ServiceRegistry connect() {
      try {
        Site site = new Site("east", "net-east", new Locality("east", "a", ""));
        VmLeaseRegistry next =
            new VmLeaseRegistry(LeaseTimes.DEFAULT, site, InstantSource.system(), store);
        leases.values().forEach(next::renew);
        registry = next;
        return next;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void service(String name, String export, List<Instance> instances) {
      exports.put(name, export);
      instances.forEach(instance -> add(name, instance));
    }

    @Override
    public void add(String name, Instance instance) {
      lease(name, instance, 8080, Map.of());
    }

    @Override
    public void remove(String name, Instance instance) {
      VmLease lease = leases.remove(instance.id());
      VmLeaseRegistry current = registry;
      if (lease != null && current != null) {
        current.end(lease);
      }
    }

    @Override
    public void remove(String name) {
      for (VmLease lease : List.copyOf(leases.values())) {
        if (lease.services().getFirst().name().equals(Upstream.named(name))) {
          remove(name, new Instance(lease.host(), lease.address(), ""));
        }
      }
    }

    @Override
    public boolean health(String name, Instance instance, boolean passes) {
      lease(name, instance, 8080, Map.of(Upstream.named(name), passes));
      return true;
    }

    @Override
    public String spoil() {
      lease("orders", new Instance("other-ports", "10.7.9.9", "orders"), 9999, Map.of());
      return "VM other-ports: ports of orders.shop: [9999/http]";
    }

    /** Leases have no other source that could be away: agents simply fall silent. */
    @Override
    public boolean leave() {
      return false;
    }

    @Override
    public void comeBack() {
      Awaitility.await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
    }

    @Override
    public boolean forget() {
      return false;
    }

    void fallSilent() {
      leases.clear();
    }

    @Override
    public void close() {
      heart.shutdownNow();
    }

    private void lease(
        String name, Instance instance, int port, Map<ServiceName, Boolean> healthy) {
      VmLease lease =
          new VmLease(
              SpiffeId.parse(
                  "spiffe://east.mesh.internal/ns/"
                      + NAMESPACE
                      + "/sa/"
                      + instance.serviceAccount()),
              instance.id(),
              instance.address(),
              Locality.UNKNOWN,
              List.of(
                  new GrantedService(
                      Upstream.named(name),
                      List.of(new ServicePort("http", port, Protocol.HTTP)),
                      Map.of(),
                      Exposure.parse(exports.getOrDefault(name, "")))),
              healthy);
      leases.put(instance.id(), lease);
      beat();
    }

    private void beat() {
      VmLeaseRegistry current = registry;
      if (current != null) {
        leases.values().forEach(current::renew);
      }
    }
  }

  /** As the control plane's state store keeps it, in one file. */
  private record OneFile(Path file) implements VmLeaseStore {
    @Override
    public Optional<byte[]> load() throws IOException {
      return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
    }

    @Override
    public void save(byte[] value) throws IOException {
      Files.write(file, value);
    }
  }
}
