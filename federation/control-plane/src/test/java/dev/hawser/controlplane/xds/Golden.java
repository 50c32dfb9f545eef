package dev.hawser.controlplane.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.sni_cluster.v3.SniCluster;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * Resources as JSON files that a person reviews. {@code -Dgolden.update=true} writes them anew
 * instead of comparing.
 */
final class Golden {
  private static final Path DIRECTORY = Path.of("src/test/resources/golden/xds");
  private static final List<Descriptor> TYPES =
      List.of(
          Cluster.getDescriptor(),
          ClusterLoadAssignment.getDescriptor(),
          Listener.getDescriptor(),
          RouteConfiguration.getDescriptor(),
          VirtualHost.getDescriptor(),
          Secret.getDescriptor(),
          Router.getDescriptor(),
          TlsInspector.getDescriptor(),
          HttpConnectionManager.getDescriptor(),
          SniCluster.getDescriptor(),
          TcpProxy.getDescriptor(),
          PreviousHostsPredicate.getDescriptor(),
          PreviousPrioritiesConfig.getDescriptor(),
          DownstreamTlsContext.getDescriptor(),
          UpstreamTlsContext.getDescriptor(),
          SPIFFECertValidatorConfig.getDescriptor(),
          HttpProtocolOptions.getDescriptor(),
          io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.getDescriptor(),
          io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.getDescriptor());

  private Golden() {}

  static void compare(String file, Collection<XdsResource> resources) {
    JsonFormat.Printer printer =
        JsonFormat.printer()
            .usingTypeRegistry(JsonFormat.TypeRegistry.newBuilder().add(TYPES).build())
            .sortingMapKeys();
    StringBuilder text = new StringBuilder("[\n");
    try {
      for (XdsResource resource : resources) {
        text.append(text.length() > 2 ? ",\n" : "").append(printer.print(resource.body()));
      }
      text.append("\n]\n");
      Path path = DIRECTORY.resolve(file);
      if (Boolean.getBoolean("golden.update")) {
        Files.writeString(path, text);
      }
      assertThat(text.toString())
          .as(
              "%s; if the change is meant, write it with -Dgolden.update=true and review the diff",
              path)
          .isEqualTo(Files.exists(path) ? Files.readString(path) : "");
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a message in " + file + " is not in Golden.TYPES", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read or write " + file, e);
    }
  }
}
