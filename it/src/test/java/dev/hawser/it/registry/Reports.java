package dev.hawser.it.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Service;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.registry.RegistryWatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** Keeps what a registry reports, and waits for more. */
final class Reports implements RegistryWatcher {
  private static final long SLOW_MILLIS = 2_000;

  private final List<RegistryState> states = new ArrayList<>();
  private final List<String> troubles = new ArrayList<>();

  @Override
  public synchronized void onState(RegistryState state) {
    states.add(state);
  }

  @Override
  public synchronized void onTrouble(String source, String detail) {
    troubles.add(source + ": " + detail);
  }

  synchronized List<RegistryState> states() {
    return List.copyOf(states);
  }

  synchronized List<String> troubles() {
    return List.copyOf(troubles);
  }

  synchronized void forgetTroubles() {
    troubles.clear();
  }

  RegistryState last() {
    List<RegistryState> all = states();
    assertThat(all).as("states; troubles: %s", troubles()).isNotEmpty();
    return all.getLast();
  }

  /** Waits for a state and returns it; the measured time is printed. */
  RegistryState await(String what, Duration longest, Predicate<RegistryState> wanted) {
    long start = System.nanoTime();
    Awaitility.await(what)
        .atMost(longest)
        .pollInterval(Duration.ofMillis(10))
        .conditionEvaluationListener(condition -> {
          if (!condition.isSatisfied() && condition.getRemainingTimeInMS() <= 20) {
            System.out.println("last state: " + describe() + " troubles: " + troubles());
          }
        })
        .until(() -> !states().isEmpty() && wanted.test(last()));
    long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
    System.out.printf("  %-60s %d ms%n", what, millis);
    if (millis > SLOW_MILLIS && !troubles().isEmpty()) {
      System.out.println("    meanwhile: " + troubles());
    }
    return last();
  }

  /** Waits for the ready addresses of a service. */
  RegistryState awaitReady(String what, String service, String... addresses) {
    return await(
        what,
        Duration.ofSeconds(20),
        state -> ready(state, service).equals(new TreeSet<>(List.of(addresses))));
  }

  private synchronized String describe() {
    return states.isEmpty() ? "none" : states.getLast().toString();
  }

  /** Returns the ready addresses of a service of the namespace. */
  static SortedSet<String> ready(RegistryState state, String service) {
    SortedSet<String> ready = new TreeSet<>();
    for (Endpoint endpoint : endpoints(state, service)) {
      if (endpoint.ready()) {
        ready.add(endpoint.address());
      }
    }
    return ready;
  }

  static List<Endpoint> endpoints(RegistryState state, String service) {
    return state.services().stream()
        .filter(it -> it.name().equals(Upstream.named(service)))
        .flatMap(it -> it.endpoints().stream())
        .toList();
  }

  static Service service(RegistryState state, String service) {
    return state.services().stream()
        .filter(it -> it.name().equals(Upstream.named(service)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + service + " in " + state));
  }
}
