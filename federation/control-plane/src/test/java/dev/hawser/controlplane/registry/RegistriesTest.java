package dev.hawser.controlplane.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.api.model.Provenance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegistriesTest {
  private static final String CONSUL = "consul/dc1";

  private final TurnedClock clock = new TurnedClock();
  private final Spoken consul = new Spoken(CONSUL, Provenance.Registry.CONSUL);
  private final Spoken file = new Spoken("file", Provenance.Registry.FILE);
  private final List<RegistryState> told = new ArrayList<>();
  private final Registries registries =
      new Registries(
          List.of(consul, file),
          new MassWithdrawalGuard(WithdrawalRule.DEFAULT, clock),
          this::tell);

  private synchronized void tell(RegistryState state) {
    told.add(state);
  }

  private synchronized int tellings() {
    return told.size();
  }

  @AfterEach
  void closeAll() {
    registries.close();
    assertThat(consul.closed).isTrue();
  }

  @Test
  void aSourceIsConnectingUntilItsFirstState() {
    registries.start();
    assertThat(registries.complete()).isFalse();
    assertThat(condition(CONSUL)).isEqualTo(SourceStatus.Condition.CONNECTING);

    consul.say(States.consul().service("orders", 1, 2).resynced());
    file.say(States.of("file", Provenance.Registry.FILE).resynced());

    assertThat(registries.complete()).isTrue();
    assertThat(condition(CONSUL)).isEqualTo(SourceStatus.Condition.SYNCED);
    assertThat(registries.served().keySet()).containsExactly(CONSUL, "file");
  }

  @Test
  void troubleKeepsTheStateAndIsShownUntilTheNextOne() {
    registries.start();
    RegistryState state = States.consul().service("orders", 1, 2).resynced();
    consul.say(state);
    consul.complain("Consul at http://127.0.0.1:8500 cannot be asked");

    assertThat(condition(CONSUL)).isEqualTo(SourceStatus.Condition.STALE);
    assertThat(status(CONSUL).detail()).contains("cannot be asked");
    assertThat(registries.served().get(CONSUL)).isEqualTo(state);

    consul.say(States.consul().service("orders", 1, 2).resynced());
    assertThat(condition(CONSUL)).isEqualTo(SourceStatus.Condition.SYNCED);
    assertThat(told).as("the same again is not news").hasSize(1);
  }

  @Test
  void aHoldIsShownWithTheWayOutAndEndsByAccept() {
    registries.start();
    consul.say(States.consul().service("orders", 1, 4).resynced());
    consul.say(States.consul().resynced());

    assertThat(condition(CONSUL)).isEqualTo(SourceStatus.Condition.HELD);
    assertThat(status(CONSUL).detail()).contains("hawser registry accept " + CONSUL);
    assertThat(status(CONSUL).held()).isEqualTo(4);
    assertThat(registries.accept(CONSUL)).isTrue();
    assertThat(registries.accept(CONSUL)).isFalse();
    assertThat(registries.served().get(CONSUL))
        .extracting(RegistryState::endpointCount)
        .isEqualTo(0);
    assertThat(condition(CONSUL)).isEqualTo(SourceStatus.Condition.SYNCED);
    assertThatThrownBy(() -> registries.accept("consul"))
        .hasMessage("registry: 'consul' (expected: one of [consul/dc1, file])");
  }

  @Test
  void aHoldThatIsTooOldEndsByItself() {
    registries.start();
    consul.say(States.consul().service("orders", 1, 4).resynced());
    consul.say(States.consul().resynced());
    int before = tellings();
    clock.turn(Duration.ofMinutes(31));

    Awaitility.await().until(() -> tellings() > before);
    assertThat(condition(CONSUL)).isEqualTo(SourceStatus.Condition.SYNCED);
  }

  @Test
  void whatWasServedBeforeARestartIsServedUntilTheSourceReports() {
    RegistryState before = States.consul().service("orders", 1, 4).watched();
    registries.restore(List.of(before, States.of("gone", Provenance.Registry.FILE).watched()));
    registries.start();

    assertThat(registries.served()).containsOnlyKeys(CONSUL);
    assertThat(condition(CONSUL)).isEqualTo(SourceStatus.Condition.STALE);
    assertThat(told).containsExactly(before);

    consul.say(States.consul().service("orders", 1, 4).resynced());
    assertThat(condition(CONSUL)).isEqualTo(SourceStatus.Condition.SYNCED);
  }

  private SourceStatus status(String source) {
    return registries.status().stream()
        .filter(status -> status.source().equals(source))
        .findFirst()
        .orElseThrow();
  }

  private SourceStatus.Condition condition(String source) {
    return status(source).condition();
  }

  /** A source that says what the test has it say. */
  private static final class Spoken implements ServiceRegistry {
    private final String source;
    private final Provenance.Registry kind;
    private @Nullable RegistryWatcher watcher;
    private boolean closed;

    Spoken(String source, Provenance.Registry kind) {
      this.source = source;
      this.kind = kind;
    }

    void say(RegistryState state) {
      watcher().onState(state);
    }

    void complain(String detail) {
      watcher().onTrouble(source, detail);
    }

    private RegistryWatcher watcher() {
      RegistryWatcher target = watcher;
      if (target == null) {
        throw new AssertionError(source + " was not started");
      }
      return target;
    }

    @Override
    public String source() {
      return source;
    }

    @Override
    public Provenance.Registry kind() {
      return kind;
    }

    @Override
    public void start(RegistryWatcher target) {
      watcher = target;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
