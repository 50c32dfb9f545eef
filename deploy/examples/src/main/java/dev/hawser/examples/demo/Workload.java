package dev.hawser.examples.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An application and the proxy beside it: what would be one pod.
 *
 * @param service the service account it runs as, and the service it serves
 * @param upstreams by service name, the local port at which its proxy offers it
 */
record Workload(
    Cluster cluster,
    String service,
    String instance,
    String address,
    Map<String, Integer> upstreams) {
  static final int APPLICATION_PORT = 8080;

  Workload {
    upstreams = new TreeMap<>(upstreams);
  }

  /** Returns the name of its application's process. */
  String application() {
    return instance;
  }

  /** Returns the name of its proxy's process. */
  String proxy() {
    return instance + "-proxy";
  }

  /** Writes the proxy's start file beside the token with which it joins, and returns the file. */
  Path writeProxyConfig(Path folder, String token) throws IOException {
    Path tokenFile = PrivateFile.write(folder.resolve(instance + ".token"), token);
    List<String> lines =
        new ArrayList<>(
            List.of(
                "node: " + instance,
                "address: " + address,
                "locality: " + cluster.name() + "/a",
                "dataDir: " + folder.resolve(instance),
                "join: {tokenFile: " + tokenFile + "}",
                "application: {host: " + address + "}",
                "listen: {outboundAddress: " + address + ", admin: \"" + address + ":15000\"}",
                "accessLog: " + folder.resolve(instance + "-access.log"),
                "upstreams:"));
    upstreams.forEach((name, port) ->
        lines.add(
            "- {service: "
                + name
                + ".shop, port: 8080, listen: \""
                + address
                + ":"
                + port
                + "\"}"));
    if (upstreams.isEmpty()) {
      lines.set(lines.size() - 1, "upstreams: []");
    }
    return Files.write(folder.resolve(instance + ".yaml"), lines);
  }

  /**
   * Returns the command of the application; it calls its upstreams through the proxy's local ports.
   */
  List<String> applicationCommand(String java, String classPath) {
    List<String> command =
        new ArrayList<>(
            List.of(
                java,
                "-XX:+UseSerialGC",
                "-Xmx48m",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                classPath,
                "dev.hawser.examples.shop.Shop",
                "--service",
                service,
                "--instance",
                instance,
                "--cluster",
                cluster.name(),
                "--listen",
                address + ":" + APPLICATION_PORT));
    upstreams.forEach((name, port) ->
        command.addAll(List.of("--upstream", name + "=http://" + address + ":" + port + "/")));
    return command;
  }
}
