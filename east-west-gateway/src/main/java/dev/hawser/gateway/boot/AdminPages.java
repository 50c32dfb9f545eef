package dev.hawser.gateway.boot;

import dev.hawser.engine.admin.AdminResponse;
import dev.hawser.engine.admin.AdminServer;
import dev.hawser.engine.drain.DrainTrigger;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.engine.xds.AdsClient;
import dev.hawser.gateway.route.Backend;
import dev.hawser.gateway.splice.Connections;
import dev.hawser.host.identity.IdentityClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/** What a gateway shows of itself. */
final class AdminPages {
  private final Connections connections;
  private final AdsClient ads;
  private final DrainTrigger drain;
  private final Metrics metrics;
  private final Gateway gateway;
  private final IdentityClient identity;

  AdminPages(
      Gateway gateway,
      Connections connections,
      AdsClient ads,
      DrainTrigger drain,
      Metrics metrics,
      IdentityClient identity) {
    this.gateway = gateway;
    this.connections = connections;
    this.ads = ads;
    this.drain = drain;
    this.metrics = metrics;
    this.identity = identity;
  }

  AdminServer start(InetSocketAddress address) throws IOException {
    return AdminServer.builder(address)
        .get("/ready", _ -> ready())
        .get(
            "/stats/prometheus",
            _ -> AdminResponse.of(200, Metrics.CONTENT_TYPE, metrics.prometheus()))
        .get("/clusters", _ -> AdminResponse.text(200, clusters()))
        .get("/config_dump", _ -> AdminResponse.json(200, configDump()))
        .get("/listeners", _ -> AdminResponse.text(200, gateway.address() + "\n"))
        .post("/renew", _ -> renew())
        .post("/drain", _ -> drain())
        .start();
  }

  private AdminResponse ready() {
    if (drain.isDraining()) {
      return AdminResponse.text(503, "draining\n");
    }
    return gateway.isListening()
        ? AdminResponse.text(200, "ready\n")
        : AdminResponse.text(503, "no configuration yet\n");
  }

  private AdminResponse renew() {
    identity.renewSoon();
    return AdminResponse.text(202, "renewing\n");
  }

  private AdminResponse drain() {
    var _ = drain.begin("POST /drain");
    return AdminResponse.text(200, "draining, " + connections.open() + " connections open\n");
  }

  private String clusters() {
    StringBuilder out = new StringBuilder();
    for (Map.Entry<String, List<Backend>> group : connections.table().groups().entrySet()) {
      for (Backend backend : group.getValue()) {
        out.append(group.getKey())
            .append("::")
            .append(backend.address().getHostString())
            .append(':')
            .append(backend.address().getPort());
        backend
            .slot()
            .ifPresent(slot ->
                out.append("::slot::")
                    .append(slot)
                    .append("::generation::")
                    .append(backend.generation()));
        out.append("::health_flags::")
            .append(backend.healthy() ? "healthy" : "unhealthy")
            .append('\n');
      }
    }
    return out.toString();
  }

  /**
   * Versions and refusals by type: names and digests alone, so that nothing here needs escaping.
   */
  private String configDump() {
    StringBuilder out =
        new StringBuilder("{\"connected\":")
            .append(ads.status().connected())
            .append(",\"types\":[");
    String separator = "";
    for (var type : ads.status().types().entrySet()) {
      out.append(separator)
          .append("{\"type\":\"")
          .append(type.getKey())
          .append("\",\"versions\":{");
      String comma = "";
      for (var version : type.getValue().versions().entrySet()) {
        out.append(comma)
            .append('"')
            .append(version.getKey())
            .append("\":\"")
            .append(version.getValue())
            .append('"');
        comma = ",";
      }
      out.append("}}");
      separator = ",";
    }
    return out.append("]}\n").toString();
  }
}
