package dev.hawser.proxy.outbound;

import dev.hawser.api.naming.ServiceName;
import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.observe.Observers;
import dev.hawser.proxy.worker.Asking;
import dev.hawser.proxy.worker.OnDemand;
import dev.hawser.proxy.worker.OnDemand.Known;
import dev.hawser.proxy.worker.Signal;
import dev.hawser.proxy.worker.Worker;
import dev.hawser.proxy.worker.Workers;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who is where captured connections were going: the listeners that are not bound, which are asked
 * for when somebody calls ({@code outbound/10.96.0.7}) or asks for a name ({@code
 * outbound/orders.shop}). Reading is safe for any thread; one thread changes.
 */
public final class CapturedDestinations {
  private static final String PREFIX = "outbound/";

  /** How long somebody waits for an answer that has not come yet. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Of names that may have been given up since; who is forgotten here is waited for once more. */
  private static final int MOST_OVERDUE = 2000;

  private final OnDemand<OutboundChains> known;
  private final Set<String> overdue = ConcurrentHashMap.newKeySet();
  private final Workers workers;
  private final Signal changed;
  private final Filters filters;
  private final Observers observers;
  private volatile Function<InetAddress, Optional<ServiceName>> madeUp = _ -> Optional.empty();

  /** Makes one that knows nobody. */
  public CapturedDestinations(
      Workers workers, Filters filters, Observers observers, Asking asking) {
    this.known = new OnDemand<>(asking);
    this.workers = workers;
    this.changed = new Signal(workers);
    this.filters = filters;
    this.observers = observers;
  }

  /** Has addresses that are nobody's taken for the services to which they were given. */
  public void madeUp(Function<InetAddress, Optional<ServiceName>> names) {
    madeUp = names;
  }

  /** Takes a listener, new or changed. */
  public void put(ListenerConfig listener) {
    known.put(
        listener.name(),
        new OutboundChains(listener, filters, observers, known.found(listener.name())));
    answered(listener.name());
  }

  /** Nobody is there, or no more. */
  public void remove(String name) {
    known.remove(name);
    answered(name);
  }

  private void answered(String name) {
    overdue.remove(name);
    changed.fire();
  }

  /** Returns those that were found. */
  public List<ListenerConfig> all() {
    return known.found().stream().map(OutboundChains::config).toList();
  }

  private String name(InetAddress address) {
    return PREFIX
        + madeUp.apply(address).map(ServiceName::toString).orElseGet(address::getHostAddress);
  }

  /** Returns the chains at an address, or null if nobody is known there at this moment. */
  @Nullable OutboundChains at(InetAddress address) {
    return known.found(name(address));
  }

  /**
   * Finds out who is at an address; on the worker's loop.
   *
   * @param then run once on the loop, now or when the answer has come or is not to be waited for
   */
  void whenKnown(Worker worker, InetAddress address, Runnable then) {
    whenKnown(worker, name(address), then);
  }

  private void whenKnown(Worker worker, String name, Runnable then) {
    if (!isAwaited(name) || overdue.contains(name)) {
      then.run();
      return;
    }
    changed.await(
        worker,
        () -> !isAwaited(name),
        PATIENCE,
        () -> {
          if (isAwaited(name)) {
            // Nobody else waits for what has not come in all this time; it may still come.
            if (overdue.size() >= MOST_OVERDUE) {
              overdue.clear();
            }
            overdue.add(name);
          }
          then.run();
        });
  }

  private boolean isAwaited(String name) {
    return known.get(name) instanceof Known.Awaited;
  }

  /**
   * Finds a service by its name, for any thread.
   *
   * @param then run once, on any thread: its listener, or empty if there is none or no answer
   */
  public void find(ServiceName service, Consumer<Optional<ListenerConfig>> then) {
    Worker worker = workers.all().getFirst();
    String name = PREFIX + service;
    worker
        .loop()
        .execute(() ->
            whenKnown(
                worker,
                name,
                () ->
                    then.accept(
                        Optional.ofNullable(known.found(name)).map(OutboundChains::config))));
  }

  /**
   * Returns the virtual addresses of a service's listener; none if it has no address of its own.
   */
  public static List<InetAddress> addresses(ListenerConfig listener) {
    return listener.addresses().stream()
        .map(Address::host)
        .distinct()
        .map(InetAddress::ofLiteral)
        .filter(address -> !address.isAnyLocalAddress())
        .toList();
  }
}
