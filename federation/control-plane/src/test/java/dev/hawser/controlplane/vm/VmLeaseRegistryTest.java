package dev.hawser.controlplane.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.Service;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.enroll.GrantedService;
import dev.hawser.controlplane.enroll.VmLease;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.registry.RegistryWatcher;
import dev.hawser.controlplane.registry.Site;
import dev.hawser.controlplane.registry.TurnedClock;
import dev.hawser.trust.spiffe.SpiffeId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VmLeaseRegistryTest {
  private static final Site SITE = new Site("east", "net", new Locality("east", "a", ""));
  private static final ServiceName BILLING = new ServiceName("billing", "shop");
  private static final SpiffeId IDENTITY =
      SpiffeId.parse("spiffe://east.mesh.internal/ns/shop/sa/billing-vm");

  private final TurnedClock clock = new TurnedClock();
  private final Memory store = new Memory();
  private final AtomicReference<@Nullable RegistryState> last = new AtomicReference<>();
  private VmLeaseRegistry registry = open();

  private VmLeaseRegistry open() {
    try {
      return new VmLeaseRegistry(LeaseTimes.DEFAULT, SITE, clock, store);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void start() {
    registry.start(watcher());
    Awaitility.await().until(() -> last.get() != null);
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void aLeaseMakesTheVmAnEndpointOfEveryServiceOfItsToken() {
    assertThat(registry.renew(lease("vm-1", "10.9.0.7"))).isEqualTo(Duration.ofSeconds(6));

    Endpoint endpoint = awaitEndpoints(1).getFirst();

    assertThat(endpoint.address()).isEqualTo("10.9.0.7");
    assertThat(endpoint.serviceAccount()).isEqualTo("billing-vm");
    assertThat(endpoint.targetPort(8080)).isEqualTo(9000);
    assertThat(endpoint.ready()).isTrue();
    assertThat(endpoint.locality()).hasToString("east/a");
    assertThat(endpoint.provenance().owner()).isEqualTo("vm-1");
    assertThat(service().exposure()).isEqualTo(Exposure.everyone());
  }

  @Test
  void aLeaseThatIsNotRenewedEndsWithinASecondAfterItsTime() {
    registry.renew(lease("vm-1", "10.9.0.7"));
    awaitEndpoints(1);
    turn(Duration.ofMillis(5_750));
    assertThat(awaitEndpoints(1)).hasSize(1);

    turn(Duration.ofMillis(250));

    awaitEndpoints(0);
    assertThat(service().ports()).as("the name is still known").hasSize(1);
  }

  @Test
  void heartbeatsKeepALeaseAndCarryHealth() {
    for (int i = 0; i < 10; i++) {
      registry.renew(lease("vm-1", "10.9.0.7"));
      turn(Duration.ofSeconds(2));
    }
    assertThat(awaitEndpoints(1).getFirst().ready()).isTrue();

    registry.renew(lease("vm-1", "10.9.0.7", Map.of(BILLING, false)));

    Awaitility.await().until(() -> !awaitEndpoints(1).getFirst().ready());
  }

  @Test
  void anOrderlyLeaveEndsTheLeaseAtOnce() {
    registry.renew(lease("vm-1", "10.9.0.7"));
    registry.renew(lease("vm-2", "10.9.0.8"));
    awaitEndpoints(2);

    registry.end(lease("vm-1", "10.9.0.7"));

    assertThat(awaitEndpoints(1).getFirst().provenance().owner()).isEqualTo("vm-2");
  }

  @Test
  void afterARestartAVmIsKeptForAMinuteUntilItIsHeard() {
    registry.renew(lease("vm-1", "10.9.0.7"));
    registry.renew(lease("vm-2", "10.9.0.8"));
    List<Endpoint> before = awaitEndpoints(2);
    registry.close();
    last.set(null);
    clock.turn(Duration.ofSeconds(20));
    registry = open();
    registry.start(watcher());

    assertThat(awaitEndpoints(2)).isEqualTo(before);
    registry.renew(lease("vm-1", "10.9.0.7"));
    for (int i = 0; i < 59; i++) {
      turn(Duration.ofSeconds(1));
      registry.renew(lease("vm-1", "10.9.0.7"));
    }
    assertThat(awaitEndpoints(2)).hasSize(2);
    turn(Duration.ofSeconds(1));

    assertThat(awaitEndpoints(1)).isEqualTo(List.of(before.getFirst()));
  }

  @Test
  void aControlPlaneThatStoodStillDoesNotHoldItAgainstTheAgents() {
    registry.renew(lease("vm-1", "10.9.0.7"));
    awaitEndpoints(1);

    clock.turn(Duration.ofSeconds(30));
    registry.tick();
    registry.tick();

    assertThat(awaitEndpoints(1)).hasSize(1);
    turn(Duration.ofSeconds(6));
    awaitEndpoints(0);
  }

  @Test
  void aSecondVmWithOtherPortsIsRejectedForThatService() {
    registry.renew(lease("vm-1", "10.9.0.7"));
    clock.turn(Duration.ofMillis(1));
    registry.renew(
        new VmLease(
            IDENTITY, "vm-2", "10.9.0.8", Locality.UNKNOWN, List.of(granted(9999)), Map.of()));

    assertThat(awaitEndpoints(1).getFirst().provenance().owner()).isEqualTo("vm-1");
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(state().rejected())
                .singleElement()
                .hasToString(
                    "VM vm-2: ports of billing.shop: [9999/http] (expected: [8080/http], as"
                        + " the VM before brings it)"));
  }

  @Test
  void anAddressThatIsNoneIsRefusedAndNothingIsRenewed() {
    assertThatThrownBy(() -> registry.renew(lease("vm-1", "vm-1.example.com")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("address: 'vm-1.example.com'");
    assertThatThrownBy(() -> registry.renew(lease(" ", "10.9.0.7")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("host: ' '");
    assertThat(state().services()).isEmpty();
  }

  @Test
  void aStoreThatFailsDelaysNoLease() {
    store.broken = true;
    registry.renew(lease("vm-1", "10.9.0.7"));
    awaitEndpoints(1);
    turn(Duration.ofSeconds(6));

    awaitEndpoints(0);
    store.broken = false;
    Awaitility.await().until(() -> store.load().isPresent());
  }

  /** Turns the clock as a running control plane would see it: tick by tick. */
  private void turn(Duration by) {
    for (long left = by.toMillis(); left > 0; left -= 250) {
      clock.turn(Duration.ofMillis(Math.min(250, left)));
      registry.tick();
    }
  }

  private RegistryWatcher watcher() {
    return new RegistryWatcher() {
      @Override
      public void onState(RegistryState state) {
        last.set(state);
      }

      @Override
      public void onTrouble(String source, String detail) {
        throw new AssertionError(detail);
      }
    };
  }

  private RegistryState state() {
    RegistryState state = last.get();
    if (state == null) {
      throw new AssertionError("no state yet");
    }
    return state;
  }

  private Service service() {
    return state().services().getFirst();
  }

  private List<Endpoint> awaitEndpoints(int count) {
    Awaitility.await().until(() -> last.get() != null && state().endpointCount() == count);
    return state().services().isEmpty() ? List.of() : service().endpoints();
  }

  private static VmLease lease(String host, String address) {
    return lease(host, address, Map.of());
  }

  private static VmLease lease(String host, String address, Map<ServiceName, Boolean> healthy) {
    return new VmLease(IDENTITY, host, address, Locality.UNKNOWN, List.of(granted(8080)), healthy);
  }

  private static GrantedService granted(int port) {
    return new GrantedService(
        BILLING,
        List.of(new ServicePort("http", port, Protocol.HTTP)),
        Map.of(port, 9000),
        Exposure.everyone());
  }

  /** A store in memory that can be broken. */
  private static final class Memory implements VmLeaseStore {
    private final AtomicReference<byte @Nullable []> value = new AtomicReference<>();
    private volatile boolean broken;

    @Override
    public Optional<byte[]> load() {
      return Optional.ofNullable(value.get());
    }

    @Override
    public void save(byte[] saved) throws IOException {
      if (broken) {
        throw new IOException("the test broke the store");
      }
      value.set(saved);
    }
  }
}
