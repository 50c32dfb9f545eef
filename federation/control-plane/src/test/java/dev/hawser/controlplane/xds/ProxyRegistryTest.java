package dev.hawser.controlplane.xds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.controlplane.snapshot.Present;
import dev.hawser.controlplane.state.MemoryStateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Whose endpoints count as meshed, and for how long. */
class ProxyRegistryTest {
  private static final Present ORDERS = new Present("127.1.1.1", Nodes.ORDERS.toString(), 15006);

  private final AtomicInteger changes = new AtomicInteger();
  private Instant now = MeshFixture.NOW;
  private final ProxyRegistry registry = new ProxyRegistry(() -> now, changes::incrementAndGet);

  @Test
  void aProxyIsPresentOnceItHasTakenItsListeners() {
    ProxyRegistry.Session session = registry.open(orders());
    assertThat(registry.present()).isEmpty();

    session.update(true, true, "");

    assertThat(registry.present()).containsExactly(ORDERS);
    assertThat(changes).hasValue(1);
  }

  @Test
  void aProxyThatWentAwayCountsForTenSeconds() {
    connect().close();
    pass(Duration.ofMillis(9_999));
    assertThat(registry.present()).containsExactly(ORDERS);
    int before = changes.get();

    pass(Duration.ofMillis(1));
    registry.tick();

    assertThat(registry.present()).isEmpty();
    assertThat(changes.get()).isEqualTo(before + 1);
  }

  @Test
  void aProxyThatComesBackWithinTheGraceIsNoChange() {
    connect().close();
    int before = changes.get();
    pass(Duration.ofSeconds(5));

    connect();
    pass(Duration.ofSeconds(60));
    registry.tick();

    assertThat(registry.present()).containsExactly(ORDERS);
    assertThat(changes.get()).isEqualTo(before);
  }

  @Test
  void anOldStreamThatEndsAfterTheNewOneBeganTakesNobodyOut() {
    ProxyRegistry.Session old = connect();
    connect();
    old.close();
    pass(Duration.ofMinutes(1));

    assertThat(registry.present()).containsExactly(ORDERS);
  }

  @Test
  void whoWasPresentBeforeARestartHasAMinuteToComeBack() {
    MemoryStateStore store = new MemoryStateStore();
    new PresenceStore(store).save(List.of(ORDERS));

    registry.restore(new PresenceStore(store).load());

    pass(Duration.ofMillis(59_999));
    assertThat(registry.present()).containsExactly(ORDERS);
    pass(Duration.ofMillis(1));
    assertThat(registry.present()).isEmpty();
  }

  @Test
  void gatewaysAreKnownByTheAddressThatTheyAdvertise() {
    ProxyNode gateway =
        new ProxyNode(
            "gw",
            ProxyKind.GATEWAY,
            Nodes.GATEWAY,
            "hawser-system",
            "127.1.0.2",
            "east",
            dev.hawser.api.model.Locality.UNKNOWN,
            15443,
            "",
            15001,
            java.util.Optional.empty(),
            "",
            List.of(),
            "198.51.100.7:15443");
    ProxyRegistry.Session session = registry.open(gateway);
    session.update(true, true, "");

    assertThat(registry.gateways()).containsExactly("198.51.100.7:15443");
    assertThat(registry.present()).isEmpty();
    session.close();
    assertThat(registry.gateways()).isEmpty();
  }

  @Test
  void aRefusalIsShownUntilItIsOver() {
    ProxyRegistry.Session session = registry.open(orders());
    session.update(false, false, "CDS: no");
    assertThat(registry.proxies().getFirst().nack()).isEqualTo("CDS: no");
    assertThat(registry.proxies().getFirst().synced()).isFalse();

    session.update(false, true, "");

    assertThat(registry.proxies().getFirst().nack()).isEmpty();
  }

  private ProxyRegistry.Session connect() {
    ProxyRegistry.Session session = registry.open(orders());
    session.update(true, true, "");
    return session;
  }

  private static ProxyNode orders() {
    return NodeReader.read(
        Nodes.node("orders-1", "sidecar", "127.1.1.1"), Nodes.ORDERS, MeshFixture.standard().local);
  }

  private void pass(Duration duration) {
    now = now.plus(duration);
  }
}
