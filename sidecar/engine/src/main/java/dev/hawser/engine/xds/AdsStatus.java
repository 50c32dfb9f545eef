package dev.hawser.engine.xds;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the configuration stream looks like from outside.
 *
 * @param connected whether a control plane has answered on the present stream
 * @param address host:port of the present or last attempt
 * @param contactAge since a control plane was last known to live; zero while connected, empty if
 *     never
 * @param types by type URL
 */
public record AdsStatus(
    boolean connected, String address, Optional<Duration> contactAge, Map<String, Type> types) {
  /**
   * One type of resource.
   *
   * @param wildcard whether everything is subscribed
   * @param subscribed names
   * @param versions of the resources in force, by name
   * @param answered whether the control plane has answered since the start
   * @param nack what was last refused, empty if nothing is refused now
   */
  public record Type(
      boolean wildcard,
      List<String> subscribed,
      Map<String, String> versions,
      boolean answered,
      String nack) {}
}
