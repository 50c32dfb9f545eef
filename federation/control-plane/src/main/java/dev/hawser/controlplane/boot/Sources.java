package dev.hawser.controlplane.boot;

import dev.hawser.controlplane.consul.ConsulRegistry;
import dev.hawser.controlplane.files.FileRegistry;
import dev.hawser.controlplane.kubernetes.KubernetesRegistry;
import dev.hawser.controlplane.registry.ServiceRegistry;
import dev.hawser.controlplane.state.StateKind;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.state.StateUnavailableException;
import dev.hawser.controlplane.state.StoredDocument;
import dev.hawser.controlplane.vm.LeaseTimes;
import dev.hawser.controlplane.vm.VmLeaseRegistry;
import dev.hawser.controlplane.vm.VmLeaseStore;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The registries that the settings ask for. */
final class Sources {
  private Sources() {}

  /** Returns all of them, the VMs' leases among them. */
  static List<ServiceRegistry> all(Settings settings, VmLeaseRegistry vms, InstantSource clock) {
    List<ServiceRegistry> sources = new ArrayList<>();
    sources.add(vms);
    settings
        .files()
        .ifPresent(folder -> sources.add(new FileRegistry(folder, settings.site(), clock)));
    settings
        .consul()
        .ifPresent(options -> sources.add(new ConsulRegistry(options, settings.site(), clock)));
    if (settings.kubernetesRegistry()) {
      settings
          .kubernetes()
          .ifPresent(
              options -> sources.add(new KubernetesRegistry(options, settings.site(), clock)));
    }
    return List.copyOf(sources);
  }

  static VmLeaseRegistry vms(Settings settings, StateStore state, InstantSource clock)
      throws IOException {
    return new VmLeaseRegistry(LeaseTimes.DEFAULT, settings.site(), clock, new StoredLeases(state));
  }

  /** The leases as one document. */
  private record StoredLeases(StateStore state) implements VmLeaseStore {
    private static final String KEY = "vm-leases";

    @Override
    public Optional<byte[]> load() throws IOException {
      try {
        return state.get(StateKind.REGISTRATIONS, KEY).map(StoredDocument::content);
      } catch (StateUnavailableException e) {
        throw new IOException(e.getMessage(), e);
      }
    }

    @Override
    public void save(byte[] value) throws IOException {
      try {
        state.replace(StateKind.REGISTRATIONS, KEY, value);
      } catch (StateUnavailableException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }
}
