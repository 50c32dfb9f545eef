package dev.hawser.proxy.mesh;

import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.hawser.api.model.Locality;
import dev.hawser.engine.testing.FakeControlPlane;
import dev.hawser.engine.xds.TypeUrls;
import dev.hawser.host.identity.Attestation;
import dev.hawser.host.identity.EnrolmentServer;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.host.identity.IdentityOptions;
import dev.hawser.proxy.boot.Proxy;
import dev.hawser.proxy.config.ProxyConfig;
import dev.hawser.proxy.config.RunOptions;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A whole sidecar with its admin, metrics and readiness ports: enrolled, connected to a control
 * plane by ADS, and sending what comes at its inbound and its outbound port to one application.
 */
final class RunningProxy implements AutoCloseable {
  private static final TypeRegistry TYPES =
      TypeRegistry.newBuilder()
          .add(HttpConnectionManager.getDescriptor())
          .add(Router.getDescriptor())
          .build();

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Proxy proxy;
  final FakeControlPlane controlPlane;
  final int admin = FreePorts.next();
  final int metrics = FreePorts.next();
  final int ready = FreePorts.next();
  final int inbound = FreePorts.next();
  final int outbound = FreePorts.next();

  private RunningProxy(Path folder, RunOptions options) throws Exception {
    open.push(client);
    TestAuthority authority = TestAuthority.create();
    try {
      try (EnrolmentServer enrolment = EnrolmentServer.start(authority)) {
        IdentityClient.open(
                IdentityOptions.of(folder).with(new Attestation.TokenText(enrolment.token())))
            .close();
      }
      controlPlane =
          keep(new FakeControlPlane(authority.controlPlane("east"), authority.bundles("east")));
      IdentityClient identity =
          keep(
              IdentityClient.open(
                  IdentityOptions.of(folder).withControlPlane(List.of(controlPlane.address()))));
      proxy = keep(Proxy.start(config(folder), identity, options));
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  /** Starts one that has no configuration yet. */
  static RunningProxy start(Path folder, RunOptions options) throws Exception {
    return new RunningProxy(folder, options);
  }

  private <T extends AutoCloseable> T keep(T one) {
    open.push(one);
    return one;
  }

  private ProxyConfig config(Path folder) {
    return new ProxyConfig(
        "web-1",
        Configs.HOST,
        Optional.empty(),
        Locality.UNKNOWN,
        folder,
        Optional.empty(),
        List.of(),
        Configs.HOST,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        new ProxyConfig.Listen(
            inbound,
            outbound,
            Configs.HOST,
            loopback(admin),
            loopback(metrics),
            loopback(ready),
            Optional.empty()),
        new ProxyConfig.AccessLogTarget.Off());
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** Gives it both listeners and the application. */
  void configure(int application) throws IOException {
    controlPlane.publish(
        TypeUrls.CLUSTER,
        Map.of("orders", read(Cluster.newBuilder(), "{'name':'orders','type':'EDS'}")));
    controlPlane.publish(
        TypeUrls.ENDPOINT,
        Map.of(
            "orders",
            read(
                ClusterLoadAssignment.newBuilder(),
                "{'clusterName':'orders','endpoints':[{'locality':{'region':'east'},"
                    + "'lbEndpoints':[{'endpoint':{'address':{'socketAddress':"
                    + "{'address':'127.0.0.1','portValue':"
                    + application
                    + "}}}}]}]}")));
    controlPlane.publish(
        TypeUrls.LISTENER,
        Map.of(
            "inbound",
            listener(
                "inbound",
                inbound,
                "'trafficDirection':'INBOUND',",
                "'filterChainMatch':{'transportProtocol':'raw_buffer'},"),
            "outbound",
            listener("outbound", outbound, "'trafficDirection':'OUTBOUND',", "")));
  }

  private static Message listener(String name, int port, String fields, String chainFields)
      throws IOException {
    String types = "type.googleapis.com/envoy.extensions.filters.";
    return read(
        Listener.newBuilder(),
        "{'name':'"
            + name
            + "',"
            + fields
            + "'address':{'socketAddress':{'address':'127.0.0.1','portValue':"
            + port
            + "}},'filterChains':[{"
            + chainFields
            + "'filters':[{'name':'http','typedConfig':{'@type':'"
            + types
            + "network.http_connection_manager.v3.HttpConnectionManager','statPrefix':'x',"
            + "'routeConfig':{'name':'r','virtualHosts':[{'name':'all','domains':['*'],"
            + "'routes':[{'match':{'prefix':'/'},'route':{'cluster':'orders'}}]}]},"
            + "'httpFilters':[{'name':'router','typedConfig':{'@type':'"
            + types
            + "http.router.v3.Router'}}]}}]}]}");
  }

  private static Message read(Message.Builder into, String json) throws IOException {
    JsonFormat.parser().usingTypeRegistry(TYPES).merge(json.replace('\'', '"'), into);
    return into.build();
  }

  Proxy proxy() {
    return proxy;
  }

  HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
    return send("GET", port, path);
  }

  HttpResponse<String> post(String path, String... headers)
      throws IOException, InterruptedException {
    return send("POST", admin, path, headers);
  }

  HttpResponse<String> send(String method, int port, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() throws IOException {
    while (!open.isEmpty()) {
      AutoCloseable one = open.pop();
      try {
        one.close();
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException("cannot be closed: " + one, e);
      }
    }
  }
}
