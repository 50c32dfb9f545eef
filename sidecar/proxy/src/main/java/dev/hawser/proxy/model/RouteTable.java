package dev.hawser.proxy.model;

import java.util.List;

/**
 * Where requests go, by authority and then by the first rule that matches.
 *
 * @param onDemand whether hosts that are not in it may be asked for
 * @param ignorePort whether the port of an authority is not looked at
 */
public record RouteTable(String name, List<Host> hosts, boolean onDemand, boolean ignorePort) {
  public RouteTable {
    hosts = List.copyOf(hosts);
  }

  /**
   * A virtual host.
   *
   * @param domains authorities that it stands for: exact, {@code *.suffix}, {@code prefix.*} or
   *     {@code *}
   */
  public record Host(String name, List<String> domains, List<RouteRule> rules) {
    public Host {
      domains = List.copyOf(domains);
      rules = List.copyOf(rules);
    }
  }
}
