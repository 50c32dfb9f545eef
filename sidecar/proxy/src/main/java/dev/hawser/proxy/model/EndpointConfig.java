package dev.hawser.proxy.model;

import dev.hawser.api.model.Locality;
import java.util.List;
import java.util.Map;

/**
 * One place that serves: address and server name together are its identity, since all slots of a
 * remote cluster share their gateway's address.
 *
 * @param serverName sent as SNI; empty for plaintext
 * @param weight relative to the others of its group, at least 1
 * @param cluster that it runs in; may be empty
 * @param slot its number, or {@link #NO_SLOT}
 * @param generation of the slot: a higher one is another instance
 * @param gateway whether the address is a gateway's
 * @param workload for people: the pod, VM or task behind it; may be empty
 * @param traits what else is known about it
 */
public record EndpointConfig(
    Address address,
    String serverName,
    Locality locality,
    int weight,
    Health health,
    String cluster,
    int slot,
    long generation,
    boolean gateway,
    String workload,
    Traits traits) {
  /** The value of {@link #slot()} for an instance that is addressed directly. */
  public static final int NO_SLOT = -1;

  /** What the control plane says about it. */
  public enum Health {
    HEALTHY,
    /** To be used when no healthy one is there. */
    DEGRADED,
    /** Not to be used. */
    UNHEALTHY
  }

  /** Names an endpoint across updates. */
  public record Key(Address address, String serverName, long generation) {}

  /** Names an instance, whatever way leads to it. */
  public record InstanceKey(String name, long generation) {}

  /**
   * The value of a label.
   *
   * @param whole the value as one
   * @param items of a list; otherwise the value alone
   */
  public record Label(String whole, List<String> items) {
    public Label {
      items = List.copyOf(items);
    }
  }

  /**
   * What few endpoints have.
   *
   * @param labels by which subsets are made
   * @param hashKey its name on a ring; empty for the usual one
   * @param check where it is asked for its health
   */
  public record Traits(Map<String, Label> labels, String hashKey, CheckAt check) {
    private static final Traits NONE = new Traits(Map.of(), "", new CheckAt(0, "", false));

    public Traits {
      labels = Map.copyOf(labels);
    }

    /** Returns none. */
    public static Traits none() {
      return NONE;
    }
  }

  /**
   * Where an endpoint is asked for its health.
   *
   * @param port 0 for its own
   * @param host sent as authority; empty for the check's own
   * @param disabled whether it is not asked at all
   */
  public record CheckAt(int port, String host, boolean disabled) {}

  /** Makes one without traits. */
  public EndpointConfig(
      Address address,
      String serverName,
      Locality locality,
      int weight,
      Health health,
      String cluster,
      int slot,
      long generation,
      boolean gateway,
      String workload) {
    this(
        address,
        serverName,
        locality,
        weight,
        health,
        cluster,
        slot,
        generation,
        gateway,
        workload,
        Traits.none());
  }

  public EndpointConfig {
    if (weight < 1) {
      throw new IllegalArgumentException("weight: " + weight + " (expected: at least 1)");
    }
  }

  public Key key() {
    return new Key(address, serverName, generation);
  }

  /** Returns the instance: a slot is the same through every gateway. */
  public InstanceKey instance() {
    return new InstanceKey(slot == NO_SLOT ? address + " " + serverName : serverName, generation);
  }
}
