package dev.hawser.cli.process;

import dev.hawser.cli.output.StructuredOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One gateway process.
 *
 * @param node its unique name
 * @param listen where other clusters connect
 * @param advertise what other clusters are told, {@code host:port}
 * @param admin its administration port
 * @param directory its own data directory
 */
public record GatewayPlan(
    String node, Place listen, String advertise, Place admin, Path directory) {
  private static final int FIRST_ADMIN_PORT = 15_000;

  /**
   * Returns the usual plan.
   *
   * @param dataDir the cluster's data directory
   * @param index of the gateway among those on the same host, from 0
   */
  public static GatewayPlan usual(
      String node, Place listen, String advertise, Path dataDir, int index) {
    String adminHost = listen.isLoopback() ? listen.host() : "127.0.0.1";
    return new GatewayPlan(
        node,
        listen,
        advertise.isEmpty() ? listen.toString() : advertise,
        new Place(adminHost, FIRST_ADMIN_PORT + index),
        dataDir.resolve("gateways").resolve(node));
  }

  /** Returns the same with another administration address. */
  public GatewayPlan withAdmin(Place other) {
    return new GatewayPlan(node, listen, advertise, other, directory);
  }

  Path configFile() {
    return directory.resolve("gateway.yaml");
  }

  Path tokenFile() {
    return directory.resolve("join-token");
  }

  /** Whether it enrolled before and may start without a token. */
  public boolean isEnrolled() {
    return directory.resolve("enrolment.json").toFile().isFile();
  }

  /** Writes the start file and, if there is one, the token; both 0600 in a directory 0700. */
  public void write(String token) throws IOException {
    OwnFiles.directory(directory);
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("node", node);
    config.put("listen", listen.toString());
    config.put("advertise", advertise);
    config.put("dataDir", directory.toAbsolutePath().toString());
    config.put("join", Map.of("tokenFile", tokenFile().toAbsolutePath().toString()));
    config.put("admin", admin.toString());
    if (!token.isEmpty()) {
      OwnFiles.write(tokenFile(), token + "\n");
    }
    OwnFiles.write(configFile(), StructuredOutput.yaml(config) + "\n");
  }
}
