package dev.hawser.proxy.balance;

import dev.hawser.proxy.model.Address;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The addresses that endpoints of all upstreams share. Safe for use by any thread. */
public final class HealthBook {
  private final Map<Address, AddressHealth> addresses = new ConcurrentHashMap<>();

  /** Adds a way to its address. */
  AddressHealth join(Address address) {
    return addresses.computeIfAbsent(address, AddressHealth::new);
  }

  /** Forgets a way, and its address with the last one. */
  void leave(PathHealth path) {
    addresses.computeIfPresent(
        path.address().address(), (_, health) -> health.leave(path) ? null : health);
  }
}
