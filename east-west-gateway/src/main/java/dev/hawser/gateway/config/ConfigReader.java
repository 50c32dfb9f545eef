package dev.hawser.gateway.config;

import dev.hawser.gateway.proxyprotocol.AddressBlock;
import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads the start file strictly: an unknown field is an error, not a surprise later. */
public final class ConfigReader {
  private static final int ADMIN_PORT = 15_000;
  private static final int MAX_PORT = 65_535;
  private static final int DRAIN_SECONDS = 10;
  private static final int MAX_DRAIN_SECONDS = 3600;
  private static final int MAX_CONCURRENCY = 1024;

  private final Path file;

  private ConfigReader(Path file) {
    this.file = file;
  }

  /**
   * Reads a start file.
   *
   * @throws ConfigException if it cannot be read or obeyed
   */
  public static GatewayConfig read(Path file) throws ConfigException {
    return new ConfigReader(file).read();
  }

  private GatewayConfig read() throws ConfigException {
    Map<String, Object> root = document();
    only(
        "",
        root,
        Set.of(
            "node",
            "listen",
            "advertise",
            "dataDir",
            "join",
            "admin",
            "metrics",
            "ready",
            "drainSeconds",
            "proxyProtocolFrom",
            "concurrency"));
    InetSocketAddress listen = literal("listen", text("", root, "listen"));
    String advertise =
        root.containsKey("advertise") ? text("", root, "advertise") : text("", root, "listen");
    hostPort("advertise", advertise);
    InetSocketAddress admin =
        root.containsKey("admin")
            ? loopback(text("", root, "admin"))
            : new InetSocketAddress(InetAddress.getLoopbackAddress(), ADMIN_PORT);
    return new GatewayConfig(
        text("", root, "node"),
        listen,
        advertise,
        Path.of(text("", root, "dataDir")),
        join(root),
        admin,
        optional(root, "metrics"),
        optional(root, "ready"),
        drain(root),
        GatewayConfig.Limits.usual(),
        blocks(root.get("proxyProtocolFrom")),
        concurrency(root.get("concurrency")));
  }

  private Optional<InetSocketAddress> optional(Map<String, Object> root, String key)
      throws ConfigException {
    return root.containsKey(key)
        ? Optional.of(literal(key, text("", root, key)))
        : Optional.empty();
  }

  /** Who administers a gateway is on its machine. */
  private InetSocketAddress loopback(String text) throws ConfigException {
    InetSocketAddress admin = literal("admin", text);
    if (!admin.getAddress().isLoopbackAddress()) {
      throw wrong("admin", text, "a loopback address, e.g. 127.0.0.1:15000");
    }
    return admin;
  }

  private int concurrency(@Nullable Object value) throws ConfigException {
    if (value == null) {
      return 0;
    }
    if (value instanceof Integer loops && loops >= 0 && loops <= MAX_CONCURRENCY) {
      return loops;
    }
    throw wrong(
        "concurrency", value, "event loops, 1-" + MAX_CONCURRENCY + ", or 0 for one per core");
  }

  private List<AddressBlock> blocks(@Nullable Object value) throws ConfigException {
    List<AddressBlock> blocks = new ArrayList<>();
    if (value == null) {
      return blocks;
    }
    if (!(value instanceof List<?> list)) {
      throw wrong("proxyProtocolFrom", value, "a list of addresses like 10.0.0.0/8");
    }
    for (Object item : list) {
      try {
        blocks.add(AddressBlock.parse(String.valueOf(item)));
      } catch (IllegalArgumentException _) {
        throw wrong("proxyProtocolFrom", item, "an address, or several like 10.0.0.0/8");
      }
    }
    return blocks;
  }

  private Map<String, Object> document() throws ConfigException {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    try (Reader reader = Files.newBufferedReader(file)) {
      Object document = new Yaml(new SafeConstructor(options)).load(reader);
      return mapping("", document);
    } catch (IOException e) {
      throw new ConfigException(file + ": cannot be read: " + e);
    } catch (YAMLException e) {
      throw new ConfigException(file + ": not YAML: " + e.getMessage());
    }
  }

  private GatewayConfig.Join join(Map<String, Object> root) throws ConfigException {
    if (!root.containsKey("join")) {
      return new GatewayConfig.Join.Before();
    }
    Map<String, Object> join = mapping("join", root.get("join"));
    if (join.containsKey("tokenFile")) {
      only("join.", join, Set.of("tokenFile"));
      return new GatewayConfig.Join.Token(Path.of(text("join.", join, "tokenFile")));
    }
    only(
        "join.",
        join,
        Set.of("kubernetesTokenFile", "controlPlane", "cluster", "meshDomain", "rootsFile"));
    return new GatewayConfig.Join.Kubernetes(
        Path.of(text("join.", join, "kubernetesTokenFile")),
        texts("join.controlPlane", join.get("controlPlane")),
        text("join.", join, "cluster"),
        text("join.", join, "meshDomain"),
        Path.of(text("join.", join, "rootsFile")));
  }

  private Duration drain(Map<String, Object> root) throws ConfigException {
    Object value = root.getOrDefault("drainSeconds", DRAIN_SECONDS);
    if (value instanceof Integer seconds && seconds >= 1 && seconds <= MAX_DRAIN_SECONDS) {
      return Duration.ofSeconds(seconds);
    }
    throw wrong("drainSeconds", value, "1-" + MAX_DRAIN_SECONDS);
  }

  private void only(String path, Map<String, Object> found, Set<String> known)
      throws ConfigException {
    for (String key : found.keySet()) {
      if (!known.contains(key)) {
        throw new ConfigException(
            file
                + ": "
                + path
                + key
                + ": unknown field (expected: one of "
                + new java.util.TreeSet<>(known)
                + ")");
      }
    }
  }

  private String text(String path, Map<String, Object> map, String key) throws ConfigException {
    Object value = map.get(key);
    if (value instanceof String text && !text.isBlank()) {
      return text;
    }
    throw wrong(path + key, value, "a text");
  }

  private List<String> texts(String path, @Nullable Object value) throws ConfigException {
    List<String> texts = new ArrayList<>();
    if (value instanceof List<?> list && !list.isEmpty()) {
      for (Object item : list) {
        if (!(item instanceof String text)) {
          throw wrong(path, item, "host:port");
        }
        hostPort(path, text);
        texts.add(text);
      }
      return texts;
    }
    throw wrong(path, value, "a list of host:port");
  }

  private Map<String, Object> mapping(String path, @Nullable Object value) throws ConfigException {
    if (!(value instanceof Map<?, ?> map)) {
      throw wrong(path.isEmpty() ? "document" : path, value, "a mapping");
    }
    Map<String, Object> copy = new TreeMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (entry.getValue() != null) {
        copy.put(String.valueOf(entry.getKey()), entry.getValue());
      }
    }
    return copy;
  }

  /**
   * Reads host and port of where to listen: an IP literal, since a name may mean several addresses.
   */
  private InetSocketAddress literal(String path, String text) throws ConfigException {
    InetSocketAddress parts = hostPort(path, text);
    try {
      return new InetSocketAddress(InetAddress.ofLiteral(parts.getHostString()), parts.getPort());
    } catch (IllegalArgumentException _) {
      throw wrong(path, text, "an IP address and a port");
    }
  }

  private InetSocketAddress hostPort(String path, String text) throws ConfigException {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (colon > 0 && port >= 0 && port <= MAX_PORT) {
        String host = text.substring(0, colon).replaceAll("^\\[(.*)]$", "$1");
        return InetSocketAddress.createUnresolved(host, port);
      }
    } catch (NumberFormatException _) {
      throw wrong(path, text, "host:port");
    }
    throw wrong(path, text, "host:port");
  }

  private ConfigException wrong(String path, @Nullable Object value, String expected) {
    return new ConfigException(
        file
            + ": "
            + path
            + ": "
            + (value == null ? "missing" : "'" + value + "'")
            + " (expected: "
            + expected
            + ")");
  }
}
