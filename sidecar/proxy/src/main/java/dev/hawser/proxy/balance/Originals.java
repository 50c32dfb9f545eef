package dev.hawser.proxy.balance;

import dev.hawser.proxy.model.Address;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of an upstream that has none of its own: each address that somebody was going to is
 * one, until nobody has gone there for a while. Safe for use by any thread.
 */
final class Originals {
  /** Callers name the addresses, so they must not be able to make us keep any number. */
  private static final int MOST = 4096;

  /** An endpoint and when it was last asked for. */
  private static final class Known {
    private final Endpoint endpoint;
    private volatile long used;

    Known(Endpoint endpoint) {
      this.endpoint = endpoint;
    }
  }

  private final Map<Address, Known> known = new ConcurrentHashMap<>();
  private final Function<Address, Endpoint> maker;
  private final LongSupplier clock;

  /** Makes an empty table. */
  Originals(Function<Address, Endpoint> maker, LongSupplier clock) {
    this.maker = maker;
    this.clock = clock;
  }

  /** Returns the endpoint at an address; null without one, or if there are too many. */
  @Nullable Endpoint find(@Nullable Address address) {
    if (address == null) {
      return null;
    }
    Known found = known.get(address);
    if (found == null) {
      if (known.size() >= MOST) {
        return null;
      }
      found = known.computeIfAbsent(address, wanted -> new Known(maker.apply(wanted)));
    }
    found.used = clock.getAsLong();
    return found.endpoint;
  }

  List<Endpoint> all() {
    return known.values().stream().map(one -> one.endpoint).toList();
  }

  /**
   * Forgets those that nobody goes to.
   *
   * @param nanos since somebody did
   * @param leave is told of each
   */
  void forgetIdle(long nanos, java.util.function.Consumer<Endpoint> leave) {
    long now = clock.getAsLong();
    for (Address address : known.keySet()) {
      known.computeIfPresent(
          address,
          (_, one) -> {
            if (one.endpoint.active() > 0 || now - one.used < nanos) {
              return one;
            }
            leave.accept(one.endpoint);
            return null;
          });
    }
  }
}
