package dev.hawser.controlplane.consul;

import dev.hawser.api.naming.Labels;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How to reach a Consul datacenter.
 *
 * @param address of an agent's HTTP API, {@code http} or {@code https}
 * @param datacenter whose services are reported; also names the source, {@code consul/dc1}
 * @param tokenFile holds an ACL token; read anew for every request, so that it can be rotated
 * @param namespace of services whose meta {@code hawser-namespace} says none
 * @param block how long a blocking query waits for a change
 * @param parallel how many queries may be open at once; Consul's own limit is 200 connections for
 *     each client address ({@code limits.http_max_conns_per_client})
 */
public record ConsulOptions(
    URI address,
    String datacenter,
    Optional<Path> tokenFile,
    String namespace,
    Duration block,
    int parallel) {
  public static final String DEFAULT_DATACENTER = "dc1";
  private static final Duration DEFAULT_BLOCK = Duration.ofSeconds(30);
  private static final int DEFAULT_PARALLEL = 128;

  public ConsulOptions {
    String scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
    if ((!scheme.equals("http") && !scheme.equals("https")) || address.getHost() == null) {
      throw new IllegalArgumentException(
          "Consul address: '" + address + "' (expected: a URL such as http://127.0.0.1:8500)");
    }
    if (datacenter.isBlank()) {
      throw new IllegalArgumentException("Consul datacenter: '' (expected: a name such as dc1)");
    }
    Labels.require("Consul default namespace", namespace);
    if (block.toSeconds() < 1 || block.toMinutes() > 9) {
      throw new IllegalArgumentException("Consul block: " + block + " (expected: 1 s to 9 min)");
    }
    if (parallel < 2) {
      throw new IllegalArgumentException("Consul parallel: " + parallel + " (expected: 2 or more)");
    }
  }

  /** Returns options with the usual times and limits. */
  public static ConsulOptions of(
      URI address, String datacenter, Optional<Path> tokenFile, String namespace) {
    return new ConsulOptions(
        address, datacenter, tokenFile, namespace, DEFAULT_BLOCK, DEFAULT_PARALLEL);
  }
}
