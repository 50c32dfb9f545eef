package dev.hawser.bench.rig;

import dev.hawser.bench.backend.Backends;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What the templates of all subjects have in common. */
final class Facts {
  /** The server name of the application's first port. */
  static final String SNI = "p8080.app.bench." + Identities.TRUST_DOMAIN;

  /** The server name behind the gateway. */
  static final String GATEWAY_SNI = "p8443.app.bench." + Identities.TRUST_DOMAIN;

  static final int UPSTREAM_PORT = 9001;
  static final int INBOUND_PORT = 15006;
  static final int GATEWAY_PORT = 15443;

  private static final String ID = "spiffe://" + Identities.TRUST_DOMAIN + "/ns/bench/sa/";

  private Facts() {}

  /**
   * Returns the values for a subject.
   *
   * @param net the third octet of its addresses
   */
  static Map<String, String> of(int net, Task task, Path certificates) {
    Map<String, String> values = new HashMap<>();
    values.put("host", address(net, 2));
    values.put("callerHost", address(net, 10));
    values.put("calleeHost", address(net, 11));
    values.put("appHost", Backends.HOST);
    values.put("http1Port", Integer.toString(Backends.HTTP1));
    values.put("http2Port", Integer.toString(Backends.HTTP2));
    values.put(
        "appPort",
        Integer.toString(task.app() == Task.App.HTTP1 ? Backends.HTTP1 : Backends.HTTP2));
    values.put("tlsPort", Integer.toString(Backends.TLS));
    boolean alone = task.shape() == Task.Shape.CALLER_RAW;
    values.put("peerHost", alone ? Backends.HOST : address(net, 11));
    values.put("peerPort", Integer.toString(alone ? Backends.MUTUAL_TLS : INBOUND_PORT));
    values.put("domain", Identities.TRUST_DOMAIN);
    values.put("sni", task.shape() == Task.Shape.PASSTHROUGH ? GATEWAY_SNI : SNI);
    values.put("calleeId", ID + "app");
    values.put("callerId", ID + "web");
    values.put("certificates", certificates.toString());
    return values;
  }

  static String address(int net, int host) {
    return "127.77." + net + "." + host;
  }

  /** Returns the name of a service, counted from 0. */
  static String service(int index) {
    return index == 0 ? "app" : "app-" + index;
  }
}
