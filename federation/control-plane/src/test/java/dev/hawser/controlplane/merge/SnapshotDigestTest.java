package dev.hawser.controlplane.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.PeerState;
import dev.hawser.api.model.Service;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.snapshot.Present;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The version of a snapshot is its content. */
class SnapshotDigestTest extends MergeFixture {
  @Test
  void theDigestDoesNotDependOnTheOrderOfAnything() {
    source(
        "a",
        service(
            ORDERS,
            OLD,
            Exposure.everyone(),
            HTTP,
            endpoint("a", "10.0.0.1"),
            endpoint("a", "10.0.0.2")));
    source("b", service(ORDERS, NEW, Exposure.hidden(), TCP, endpoint("b", "10.0.0.3")));
    source("c", service(ServiceName.parse("web.shop"), NEW, Exposure.hidden(), HTTP));
    remotes.add(remote("north", PeerState.LIVE));
    exports.add(export("west", ORDERS, HTTP, OLD, WEST_ID, ORDERS_ID));
    exports.add(export("north", ORDERS, HTTP, OLD, "spiffe://north.mesh.internal/ns/shop/sa/o"));
    present.add(new Present("10.0.0.1", ORDERS_ID, 15006));
    present.add(new Present("10.0.0.2", ORDERS_ID, 15006));
    String digest = snapshot().digest();

    Random random = new Random(42);
    for (int i = 0; i < 50; i++) {
      for (List<?> list : List.of(sources, remotes, exports, present)) {
        Collections.shuffle(list, random);
      }
      sources.replaceAll(state -> {
        List<Service> services = new ArrayList<>();
        for (Service service : state.services()) {
          List<Endpoint> endpoints = new ArrayList<>(service.endpoints());
          Collections.shuffle(endpoints, random);
          services.add(
              new Service(
                  service.name(),
                  service.ports(),
                  endpoints,
                  service.addresses(),
                  service.exposure(),
                  service.created()));
        }
        return new RegistryState(state.source(), state.kind(), services, List.of(), false, NEW);
      });
      assertThat(snapshot().digest()).isEqualTo(digest);
    }
  }

  @Test
  void theDigestChangesWithContentAndNotWithAHeartbeat() {
    exports.add(export("west", ORDERS, HTTP, OLD, WEST_ID));
    String before = snapshot().digest();

    remotes.set(0, remote("west", PeerState.LIVE, NEW.plusSeconds(60)));
    assertThat(snapshot().digest()).isEqualTo(before);

    remotes.set(0, remote("west", PeerState.CONTROL_LOST));
    assertThat(snapshot().digest()).isNotEqualTo(before);
  }
}
