package dev.hawser.proxy.routing;

/** Asks the control plane for hosts on demand, by {@code <table>/<authority>}, on any thread. */
@FunctionalInterface
public interface HostAsking {
  /** Asks, once for each. */
  void ask(String resource);

  /** Nobody wants to hear of it any more. */
  default void forget(String resource) {}
}
