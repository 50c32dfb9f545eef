package dev.hawser.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.codec.ListenerCodec;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The filters that Istio makes of its authorization policies are taken by the sidecar. */
final class IstioAuthzConformance {
  private static final TypeRegistry REGISTRY =
      TypeRegistry.newBuilder()
          .add(HttpConnectionManager.getDescriptor())
          .add(Router.getDescriptor())
          .add(TcpProxy.getDescriptor())
          .add(UriTemplateMatchConfig.getDescriptor())
          .add(io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.getDescriptor())
          .add(io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.getDescriptor())
          .add(io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz.getDescriptor())
          .add(io.envoyproxy.envoy.extensions.filters.network.ext_authz.v3.ExtAuthz.getDescriptor())
          .build();

  @Test
  void everyFilterThatIstioMakesIsTaken() {
    Path folder = Vectors.folder("istio-authz");
    Map<String, String> refused = new TreeMap<>();
    int taken = 0;
    for (String protocol : List.of("http", "tcp")) {
      for (Path file : outputs(folder.resolve(protocol))) {
        try {
          ListenerCodec.read(listener(file, protocol.equals("http")));
          taken++;
        } catch (ResourceRejectedException e) {
          refused.put(protocol + "/" + file.getFileName(), String.valueOf(e.getMessage()));
        }
      }
    }
    System.out.println(
        "CONFORMANCE istio-authz: " + taken + " taken, " + refused.size() + " refused " + refused);
    assertThat(refused).isEmpty();
    assertThat(taken).isEqualTo(64);
  }

  private static List<Path> outputs(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches(".*-out\\d*\\.yaml"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Listener listener(Path file, boolean http) {
    String types = "type.googleapis.com/envoy.extensions.filters.";
    String tcp =
        """
        {"name":"tcp","typed_config":{"@type":"%snetwork.tcp_proxy.v3.TcpProxy",
         "stat_prefix":"x","cluster":"app"}}
        """
            .formatted(types);
    String manager =
        """
        {"name":"http","typed_config":{
         "@type":"%snetwork.http_connection_manager.v3.HttpConnectionManager","stat_prefix":"x",
         "route_config":{"name":"r","virtual_hosts":[]},
         "http_filters":[%%s,{"name":"router","typed_config":{"@type":"%shttp.router.v3.Router"}}]}}
        """
            .formatted(types, types);
    String filter = json(file);
    String json =
        """
        {"name":"l","traffic_direction":"INBOUND",
         "address":{"socket_address":{"address":"127.0.0.1","port_value":15006}},
         "filter_chains":[{"filter_chain_match":{"transport_protocol":"raw_buffer"},
          "filters":[%s]}]}
        """
            .formatted(http ? manager.formatted(filter) : filter + "," + tcp);
    Listener.Builder builder = Listener.newBuilder();
    try {
      JsonFormat.parser().usingTypeRegistry(REGISTRY).merge(json, builder);
    } catch (IOException e) {
      throw new AssertionError(file + " is no filter", e);
    }
    return builder.build();
  }

  private static String json(Path file) {
    try {
      Object document =
          new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
      return new ObjectMapper().writeValueAsString(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
