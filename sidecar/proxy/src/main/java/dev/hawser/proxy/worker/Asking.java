package dev.hawser.proxy.worker;

/** Asks the control plane for a resource on demand, by its name, on any thread. */
@FunctionalInterface
public interface Asking {
  /** Asks, once for each. */
  void ask(String resource);

  /** Nobody wants to hear of it any more. */
  default void forget(String resource) {}
}
