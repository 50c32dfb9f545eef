package dev.hawser.proxy.mesh;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.codec.ClusterCodec;
import dev.hawser.proxy.model.UpstreamConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server of HTTPS outside the mesh (the JDK's). */
final class WebServer implements AutoCloseable {
  private final HttpsServer server;

  private WebServer(HttpsServer server) {
    this.server = server;
  }

  /**
   * Starts one.
   *
   * @param keys its key and what it shows, under the usual password
   * @param port 0 for any that is free
   */
  static WebServer start(KeyStore keys, int port, HttpHandler handler) throws Exception {
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, WebIdentities.PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext("/", handler);
    server.start();
    return new WebServer(server);
  }

  int port() {
    return server.getAddress().getPort();
  }

  /**
   * Returns the upstream "issuer" that leads to such a server.
   *
   * @param socket what its transport socket has besides its name, as JSON with single quotes
   */
  static UpstreamConfig upstream(int port, String socket) throws ResourceRejectedException {
    return ClusterCodec.read(
        Envoys.cluster(
            """
            {'name':'issuer','type':'LOGICAL_DNS','connect_timeout':'5s',
             'load_assignment':{'cluster_name':'issuer','endpoints':[{'lb_endpoints':[{'endpoint':
               {'address':{'socket_address':{'address':'localhost','port_value':%d}}}}]}]},
             'transport_socket':{'name':'tls',%s}}
            """
                .formatted(port, socket)
                .replace('\'', '"')));
  }

  /**
   * Returns the same by what has to be shown.
   *
   * @param validation fields of the validation context
   * @param names fields that say which name is sent
   */
  static UpstreamConfig upstream(int port, String validation, String names)
      throws ResourceRejectedException {
    return upstream(
        port,
        "'typed_config':{'@type':'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3."
            + "UpstreamTlsContext',"
            + names
            + ",'common_tls_context':{'validation_context':{"
            + validation
            + "}}}");
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
