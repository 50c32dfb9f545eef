package dev.hawser.examples.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One of the demo's clusters and where its parts are: each has an address of its own in
 * 127.0.0.0/8.
 *
 * @param number the second octet of all its addresses
 * @param gateways how many gateways it has
 */
record Cluster(String name, int number, int gateways, Path dataDir) {
  /** Returns the address of the control plane. */
  String controlPlane() {
    return "127." + number + ".0.1";
  }

  /** Returns {@code host:port} of a gateway, counted from 1. */
  String gateway(int index) {
    return "127." + number + ".0." + (1 + index) + ":15443";
  }

  /** Returns {@code host:port} at which a gateway shows itself. */
  String gatewayAdmin(int index) {
    return "127." + number + ".0." + (1 + index) + ":15000";
  }

  /** Returns the address of a workload, counted from 1. */
  String workload(int index) {
    return "127." + number + ".0." + (9 + index);
  }

  /** Returns the folder that its file registry reads. */
  Path services() {
    return dataDir.resolveSibling(name + "-services");
  }

  /** Returns the environment in which {@code hawser} means this cluster. */
  Map<String, String> environment() {
    return Map.of("HAWSER_DATA_DIR", dataDir.toString());
  }

  /** Returns the name under which gateway {@code index}'s process is known. */
  String gatewayProcess(int index) {
    return name + "-gateway-" + index;
  }

  /** Returns the command that starts it, without its second and later gateways. */
  List<String> startCommand() {
    return List.of(
        "hawser",
        "cluster",
        "start",
        "--name",
        name,
        "--data-dir",
        dataDir.toString(),
        "--address",
        controlPlane(),
        "--gateway",
        gateway(1),
        "--registry",
        "file:" + services());
  }
}
