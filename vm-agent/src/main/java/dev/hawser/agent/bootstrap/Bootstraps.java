package dev.hawser.agent.bootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.hawser.agent.config.AgentConfig;
import dev.hawser.host.identity.Enrolment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes start files for a stock Envoy ({@code envoy.config.bootstrap.v3.Bootstrap}) and for gRPC
 * (gRFC A27 and A29). Both reach the control plane and the key through the agent's Unix socket.
 */
public final class Bootstraps {
  /** The cluster that the control plane names as the source of an Envoy's key. */
  private static final String AGENT = "hawser-sds";

  private static final String HTTP_OPTIONS =
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  private static final int USUAL_ADMIN_PORT = 15_000;

  private Bootstraps() {}

  /**
   * Returns an Envoy's, as YAML.
   *
   * @throws IllegalArgumentException if the agent does not serve a socket
   */
  public static String envoy(AgentConfig config, Enrolment enrolment) {
    String socket = requireSocket(config);
    int admin = config.ports().admin() == 0 ? USUAL_ADMIN_PORT : config.ports().admin();
    Map<String, Object> fromAgent =
        Map.of("envoy_grpc", Map.of("cluster_name", AGENT), "timeout", "0s");
    return yaml(
        Ordered.map()
            .with("node", NodeClaims.envoy(config, enrolment))
            // Administration never leaves the machine.
            .with("admin", Map.of("address", address("127.0.0.1", admin)))
            .with(
                "dynamic_resources",
                Ordered.map()
                    .with(
                        "ads_config",
                        Ordered.map()
                            .with("api_type", "DELTA_GRPC")
                            .with("transport_api_version", "V3")
                            .with("grpc_services", List.of(fromAgent)))
                    .with("lds_config", ads())
                    .with("cds_config", ads()))
            .with("static_resources", Map.of("clusters", List.of(agent(socket)))));
  }

  /**
   * Returns a gRPC client's, as JSON.
   *
   * @throws IllegalArgumentException if the agent does not serve a socket, or writes no
   *     certificates
   */
  public static String grpc(AgentConfig config, Enrolment enrolment) {
    String socket = requireSocket(config);
    if (config.writeCerts().isEmpty()) {
      throw new IllegalArgumentException(
          "gRPC reads its certificates from files (expected: joined with --write-certs)");
    }
    Path files = Path.of(config.writeCerts());
    Ordered watched =
        Ordered.map()
            .with("certificate_file", files.resolve("tls.crt").toString())
            .with("private_key_file", files.resolve("tls.key").toString())
            .with("ca_certificate_file", files.resolve("ca.crt").toString())
            .with("refresh_interval", "10s");
    return json(
        Ordered.map()
            .with(
                "xds_servers",
                List.of(
                    Ordered.map()
                        .with("server_uri", "unix://" + socket)
                        // The socket is the credential; the agent speaks TLS for all behind it.
                        .with("channel_creds", List.of(Map.of("type", "insecure")))
                        .with("server_features", List.of("xds_v3"))))
            .with("node", NodeClaims.grpc(config, enrolment))
            .with(
                "certificate_providers",
                Map.of(
                    "default",
                    Ordered.map().with("plugin_name", "file_watcher").with("config", watched))));
  }

  private static String requireSocket(AgentConfig config) {
    if (config.secretsSocket().isEmpty()) {
      throw new IllegalArgumentException(
          "the agent serves no socket to other programs (expected: joined with --sds)");
    }
    return config.secretsSocket();
  }

  private static Ordered ads() {
    return Ordered.map().with("ads", Map.of()).with("resource_api_version", "V3");
  }

  private static Ordered agent(String socket) {
    Map<String, Object> endpoint =
        Map.of("endpoint", Map.of("address", Map.of("pipe", Map.of("path", socket))));
    return Ordered.map()
        .with("name", AGENT)
        .with("type", "STATIC")
        .with("connect_timeout", "1s")
        .with(
            "typed_extension_protocol_options",
            Map.of(
                HTTP_OPTIONS,
                Ordered.map()
                    .with("@type", "type.googleapis.com/" + HTTP_OPTIONS)
                    .with("explicit_http_config", Map.of("http2_protocol_options", Map.of()))))
        .with(
            "load_assignment",
            Ordered.map()
                .with("cluster_name", AGENT)
                .with("endpoints", List.of(Map.of("lb_endpoints", List.of(endpoint)))));
  }

  private static Map<String, Object> address(String host, int port) {
    return Map.of("socket_address", Ordered.map().with("address", host).with("port_value", port));
  }

  private static String yaml(Ordered document) {
    YAMLFactory factory =
        YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .build();
    return write(new ObjectMapper(factory), document);
  }

  private static String json(Ordered document) {
    return write(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT), document) + "\n";
  }

  private static String write(ObjectMapper mapper, Ordered document) {
    try {
      return mapper.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a document of maps, lists and texts is not written", e);
    }
  }
}
