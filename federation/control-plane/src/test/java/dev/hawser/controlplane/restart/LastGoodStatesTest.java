package dev.hawser.controlplane.restart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.Provenance;
import dev.hawser.api.model.Service;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.registry.Rejected;
import dev.hawser.controlplane.state.MemoryStateStore;
import dev.hawser.controlplane.state.StateKind;
import dev.hawser.controlplane.state.StateStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LastGoodStatesTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00.123456789Z");
  private final StateStore store = new MemoryStateStore();

  private static RegistryState state(int endpoints, long seed) {
    Random random = new Random(seed);
    List<Endpoint> all = new ArrayList<>();
    for (int i = 0; i < endpoints; i++) {
      all.add(
          new Endpoint(
              "uid-" + random.nextLong(),
              "10.0." + i / 256 + "." + i % 256,
              Map.of(8080, 9000 + i % 7),
              "net",
              new Locality("east", "a", "r" + i % 3),
              i % 2 == 0,
              "orders",
              1 + i % 5,
              Map.of("hash", Long.toHexString(random.nextLong())),
              new Provenance(Provenance.Registry.CONSUL, "consul/dc1", "east", "node-" + i, NOW)));
    }
    Service service =
        new Service(
            new ServiceName("orders", "shop"),
            List.of(
                new ServicePort("http", 8080, Protocol.HTTP), new ServicePort("", 1, Protocol.TLS)),
            all,
            List.of("10.96.0.1"),
            new Exposure.Only(Set.of("west", "south")),
            NOW);
    return new RegistryState(
        "consul/dc1",
        Provenance.Registry.CONSUL,
        List.of(service),
        List.of(new Rejected("Service x", "bad name")),
        true,
        NOW);
  }

  private List<RegistryState> reload() {
    try (LastGoodStates again = new LastGoodStates(store)) {
      return again.load(List.of("consul/dc1", "file"));
    }
  }

  @Test
  void whatWasRememberedIsReadBackWhole() {
    try (LastGoodStates states = new LastGoodStates(store)) {
      states.remember(state(3, 1));
    }
    assertThat(reload()).containsExactly(state(3, 1));
  }

  @Test
  void aStateLongerThanOneDocumentIsKeptInPartsAndTheOldPartsGo() {
    try (LastGoodStates states = new LastGoodStates(store)) {
      states.remember(state(30_000, 2));
    }
    int documents = store.list(StateKind.REGISTRY_LAST_GOOD).size();
    assertThat(documents).isGreaterThan(2);
    assertThat(reload()).containsExactly(state(30_000, 2));
    try (LastGoodStates states = new LastGoodStates(store)) {
      states.remember(state(2, 3));
    }
    assertThat(reload()).containsExactly(state(2, 3));
    assertThat(store.list(StateKind.REGISTRY_LAST_GOOD)).hasSize(2);
  }

  @Test
  void aStateThatCannotBeReadIsLeftOut() {
    try (LastGoodStates states = new LastGoodStates(store)) {
      states.remember(state(3, 1));
    }
    String part =
        store.list(StateKind.REGISTRY_LAST_GOOD).stream()
            .map(document -> document.key())
            .filter(key -> key.contains("#"))
            .findFirst()
            .orElseThrow();
    store.replace(StateKind.REGISTRY_LAST_GOOD, part, new byte[] {1, 2, 3});
    assertThat(reload()).isEmpty();
    store.remove(StateKind.REGISTRY_LAST_GOOD, part);
    assertThat(reload()).isEmpty();
  }
}
