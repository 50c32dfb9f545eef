package dev.hawser.proxy.config;

import dev.hawser.api.model.Locality;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.host.identity.Attestation;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads the start file: YAML, strict. */
public final class StartFile {
  private static final int MAX_BYTES = 256 * 1024;

  private StartFile() {}

  /**
   * Reads a file.
   *
   * @throws ConfigException if it cannot be read or obeyed; the message names file and field
   */
  public static ProxyConfig read(Path file) throws ConfigException {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new ConfigException(
          file + ": cannot be read (" + e.getMessage() + "; expected: a start file in YAML)");
    }
    try {
      return parse(text);
    } catch (ConfigException e) {
      throw new ConfigException(file + ": " + e.getMessage());
    }
  }

  /** Reads the text of a file. */
  static ProxyConfig parse(String text) throws ConfigException {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(0);
    options.setCodePointLimit(MAX_BYTES);
    Object tree;
    try {
      tree = new Yaml(new SafeConstructor(options)).load(text);
    } catch (YAMLException e) {
      throw new ConfigException("not YAML: " + e.getMessage());
    }
    return config(Section.of("", tree));
  }

  private static ProxyConfig config(Section root) throws ConfigException {
    String node = root.required("node", "a name that no other proxy of the cluster has");
    String address = root.required("address", "the workload's IP address");
    requireIp(root.at("address"), address);
    Optional<Section> application = root.section("application");
    String applicationHost = "127.0.0.1";
    if (application.isPresent()) {
      applicationHost = application.get().text("host").orElse(applicationHost);
      requireIp(application.get().at("host"), applicationHost);
      application.get().end();
    }
    ProxyConfig config =
        new ProxyConfig(
            node,
            address,
            root.text("network"),
            locality(root),
            Path.of(root.required("dataDir", "a folder that survives restarts")),
            join(root),
            hostPorts(root, "controlPlane"),
            applicationHost,
            root.text("version"),
            capture(root),
            upstreams(root),
            listen(root, address),
            accessLog(root));
    root.end();
    return config;
  }

  private static Optional<ProxyConfig.Capture> capture(Section root) throws ConfigException {
    try {
      return ProxyConfig.Capture.parse(root.text("capture").orElse("off"));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(root.at("capture") + ": " + e.getMessage());
    }
  }

  private static Locality locality(Section root) throws ConfigException {
    Optional<String> text = root.text("locality");
    try {
      return text.map(Locality::parse).orElse(Locality.UNKNOWN);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<Attestation> join(Section root) throws ConfigException {
    Optional<Section> found = root.section("join");
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Section join = found.get();
    Optional<String> token = join.text("tokenFile");
    Optional<String> kubernetes = join.text("kubernetesTokenFile");
    if (token.isPresent() == kubernetes.isPresent()) {
      throw new ConfigException(
          join.at("tokenFile"),
          token.isPresent() ? "present beside kubernetesTokenFile" : "absent",
          "either tokenFile or kubernetesTokenFile");
    }
    Attestation attestation =
        token.isPresent()
            ? new Attestation.TokenFile(Path.of(token.get()))
            : kubernetes(join, kubernetes.orElse(""));
    join.end();
    return Optional.of(attestation);
  }

  private static Attestation kubernetes(Section join, String tokenFile) throws ConfigException {
    String cluster = join.required("cluster", "the cluster's name");
    String meshDomain = join.required("meshDomain", "the mesh domain, e.g. mesh.internal");
    String roots = join.required("rootsFile", "a PEM file with the cluster's roots");
    List<String> controlPlane = hostPorts(join, "controlPlane");
    try {
      return new Attestation.KubernetesToken(
          Path.of(tokenFile), Path.of(roots), new ClusterName(cluster, meshDomain), controlPlane);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("join: " + e.getMessage());
    }
  }

  private static List<ProxyConfig.ExplicitUpstream> upstreams(Section root) throws ConfigException {
    List<ProxyConfig.ExplicitUpstream> upstreams = new ArrayList<>();
    for (Section item : root.sections("upstreams")) {
      String service = item.required("service", "name.namespace, e.g. orders.shop");
      Optional<Integer> port = item.port("port");
      if (port.isEmpty()) {
        throw new ConfigException(item.at("port"), "absent", "the service's port");
      }
      InetSocketAddress listen =
          socket(item.at("listen"), item.required("listen", "a local address and port"));
      item.end();
      try {
        upstreams.add(
            new ProxyConfig.ExplicitUpstream(ServiceName.parse(service), port.get(), listen));
      } catch (IllegalArgumentException e) {
        throw new ConfigException(item.at("service") + ": " + e.getMessage());
      }
    }
    return upstreams;
  }

  private static ProxyConfig.Listen listen(Section root, String address) throws ConfigException {
    ProxyConfig.Listen usual = ProxyConfig.Listen.usual(address);
    Optional<Section> found = root.section("listen");
    if (found.isEmpty()) {
      return usual;
    }
    Section listen = found.get();
    String outboundAddress = listen.text("outboundAddress").orElse(address);
    requireIp(listen.at("outboundAddress"), outboundAddress);
    Optional<String> dns = listen.text("dns");
    ProxyConfig.Listen read =
        new ProxyConfig.Listen(
            listen.port("inbound").orElse(usual.inbound()),
            listen.port("outbound").orElse(usual.outbound()),
            outboundAddress,
            loopback(listen, "admin", usual.admin()),
            socket(listen, "metrics", usual.metrics()),
            socket(listen, "ready", usual.ready()),
            dns.isPresent()
                ? (dns.get().equals("off")
                    ? Optional.empty()
                    : Optional.of(socket(listen.at("dns"), dns.get())))
                : usual.dns());
    listen.end();
    return read;
  }

  private static ProxyConfig.AccessLogTarget accessLog(Section root) throws ConfigException {
    String target = root.text("accessLog").orElse("off");
    return target.equals("off")
        ? new ProxyConfig.AccessLogTarget.Off()
        : new ProxyConfig.AccessLogTarget.File(target);
  }

  /** Who administers a proxy is on its machine. */
  private static InetSocketAddress loopback(
      Section section, String key, InetSocketAddress otherwise) throws ConfigException {
    InetSocketAddress found = socket(section, key, otherwise);
    if (!found.getAddress().isLoopbackAddress()) {
      throw new ConfigException(
          section.at(key),
          "'" + section.text(key).orElse("") + "'",
          "a loopback address, e.g. 127.0.0.1:15000");
    }
    return found;
  }

  private static InetSocketAddress socket(Section section, String key, InetSocketAddress otherwise)
      throws ConfigException {
    Optional<String> text = section.text(key);
    return text.isPresent() ? socket(section.at(key), text.get()) : otherwise;
  }

  private static InetSocketAddress socket(String path, String text) throws ConfigException {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon).replaceAll("^\\[|]$", "");
    requireIp(path, host);
    return new InetSocketAddress(host, portOf(path, text, colon));
  }

  private static int portOf(String path, String text, int colon) throws ConfigException {
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException _) {
      // falls through to the one message
    }
    throw new ConfigException(path, "'" + text + "'", "IP address and port, e.g. 127.0.0.1:9001");
  }

  private static List<String> hostPorts(Section section, String key) throws ConfigException {
    List<String> texts = section.texts(key);
    for (String text : texts) {
      int colon = text.lastIndexOf(':');
      if (colon < 1) {
        throw new ConfigException(section.at(key), "'" + text + "'", "host:port");
      }
      portOf(section.at(key), text, colon);
    }
    return texts;
  }

  private static void requireIp(String path, String text) throws ConfigException {
    if (!NetUtil.isValidIpV4Address(text) && !NetUtil.isValidIpV6Address(text)) {
      throw new ConfigException(path, "'" + text + "'", "an IP address");
    }
  }
}
