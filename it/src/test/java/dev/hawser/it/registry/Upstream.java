package dev.hawser.it.registry;

import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.registry.ServiceRegistry;
import java.util.List;

/**
 * What a registry reads, as an operator and its workloads drive it. Names are of one label, in the
 * namespace {@code shop}.
 */
interface Upstream extends AutoCloseable {
  String NAMESPACE = "shop";

  /** Returns a registry that reads this; not started. */
  ServiceRegistry connect();

  /**
   * Makes a service on port 8080, HTTP.
   *
   * @param export as in {@code hawser.dev/export}; empty for none
   */
  void service(String name, String export, List<Instance> instances);

  /** Adds one more instance of a service. */
  void add(String name, Instance instance);

  /** Takes one instance away, orderly. */
  void remove(String name, Instance instance);

  /** Takes a service away, with its instances. */
  void remove(String name);

  /**
   * Says whether an instance's health check passes.
   *
   * @return false if this upstream has no health, so that nothing was said
   */
  boolean health(String name, Instance instance, boolean passes);

  /** Puts something in that cannot be taken, and returns a part of what the reason must say. */
  String spoil();

  /** Goes away without a word; returns false if this upstream cannot be away. */
  boolean leave();

  /** Comes back with everything that it knew. */
  void comeBack();

  /** Forgets everything at once, without anybody having deleted it; returns false if it cannot. */
  boolean forget();

  @Override
  void close();

  static ServiceName named(String name) {
    return new ServiceName(name, NAMESPACE);
  }

  /**
   * One workload.
   *
   * @param id a DNS label, unique
   */
  record Instance(String id, String address, String serviceAccount) {}
}
