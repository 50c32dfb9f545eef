package dev.hawser.proxy.model;

import dev.hawser.api.model.Locality;
import java.util.List;

/**
 * All endpoints of one upstream.
 *
 * @param overprovisioning percent: with 140, a priority keeps all its traffic until less than
 *     100/140 of it is healthy
 * @param healthByWeight whether that share is one of weights instead of endpoints
 */
public record EndpointSet(
    String name, List<Group> groups, int overprovisioning, boolean healthByWeight) {
  /** Percent, as in Envoy. */
  public static final int DEFAULT_OVERPROVISIONING = 140;

  /**
   * Endpoints of one locality and priority.
   *
   * @param priority 0 is used first
   * @param weight share of the locality within its priority; 0 when localities are not weighted
   */
  public record Group(Locality locality, int priority, int weight, List<EndpointConfig> endpoints) {
    public Group {
      endpoints = List.copyOf(endpoints);
      if (priority < 0 || weight < 0) {
        throw new IllegalArgumentException(
            "priority " + priority + ", weight " + weight + " (expected: not negative)");
      }
    }
  }

  public EndpointSet {
    groups = List.copyOf(groups);
    if (overprovisioning < 100) {
      throw new IllegalArgumentException(
          "overprovisioning: " + overprovisioning + " (expected: at least 100)");
    }
  }

  /** Makes one whose health is counted in endpoints. */
  public EndpointSet(String name, List<Group> groups, int overprovisioning) {
    this(name, groups, overprovisioning, false);
  }

  public static EndpointSet empty(String name) {
    return new EndpointSet(name, List.of(), DEFAULT_OVERPROVISIONING);
  }
}
