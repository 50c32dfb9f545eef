package dev.hawser.controlplane.restart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.Provenance;
import dev.hawser.api.model.Service;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.registry.Rejected;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The stored form of a registry's state: compressed JSON with a format number, written out field by
 * field so that a renamed Java field cannot lose what a running cluster has stored.
 */
final class RegistryStateCodec {
  private static final int FORMAT = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private RegistryStateCodec() {}

  static byte[] write(RegistryState state) {
    ObjectNode root =
        JSON.createObjectNode()
            .put("format", FORMAT)
            .put("source", state.source())
            .put("kind", state.kind().name())
            .put("observed", state.observed().toString());
    var services = root.putArray("services");
    state.services().forEach(service -> write(services.addObject(), service));
    var rejected = root.putArray("rejected");
    state
        .rejected()
        .forEach(r -> rejected.addObject().put("item", r.item()).put("reason", r.reason()));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      zip.write(JSON.writeValueAsBytes(root));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values is always JSON", e);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written", e);
    }
    return bytes.toByteArray();
  }

  private static void write(ObjectNode node, Service service) {
    node.put("name", service.name().toString())
        .put("export", exposure(service.exposure()))
        .put("created", service.created().toString());
    var addresses = node.putArray("addresses");
    service.addresses().forEach(addresses::add);
    var ports = node.putArray("ports");
    for (ServicePort port : service.ports()) {
      ports
          .addObject()
          .put("name", port.name())
          .put("number", port.number())
          .put("protocol", port.protocol().wireName());
    }
    var endpoints = node.putArray("endpoints");
    service.endpoints().forEach(endpoint -> write(endpoints.addObject(), endpoint));
  }

  private static void write(ObjectNode node, Endpoint endpoint) {
    node.put("id", endpoint.id())
        .put("address", endpoint.address())
        .put("network", endpoint.network())
        .put("region", endpoint.locality().region())
        .put("zone", endpoint.locality().zone())
        .put("subzone", endpoint.locality().subzone())
        .put("ready", endpoint.ready())
        .put("serviceAccount", endpoint.serviceAccount())
        .put("weight", endpoint.weight());
    ObjectNode targets = node.putObject("targets");
    new TreeMap<>(endpoint.targetPorts()).forEach((port, to) -> targets.put(port + "", to));
    ObjectNode labels = node.putObject("labels");
    new TreeMap<>(endpoint.labels()).forEach(labels::put);
    Provenance from = endpoint.provenance();
    node.put("registry", from.registry().name())
        .put("source", from.source())
        .put("cluster", from.cluster())
        .put("owner", from.owner())
        .put("since", from.since().toString());
  }

  private static String exposure(Exposure exposure) {
    return switch (exposure) {
      case Exposure.Private _ -> "false";
      case Exposure.Everyone _ -> "true";
      case Exposure.Only(var clusters) -> String.join(",", clusters);
    };
  }

  /**
   * Reads what {@link #write} made.
   *
   * @throws IOException if the bytes are anything else; the message says what
   */
  static RegistryState read(byte[] bytes) throws IOException {
    try (GZIPInputStream zip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      JsonNode root = JSON.readTree(zip);
      int format = root.path("format").asInt();
      if (format != FORMAT) {
        throw new IOException("format " + format + " (expected: " + FORMAT + ")");
      }
      List<Service> services = new ArrayList<>();
      for (JsonNode node : root.path("services")) {
        services.add(service(node));
      }
      List<Rejected> rejected = new ArrayList<>();
      for (JsonNode node : root.path("rejected")) {
        rejected.add(new Rejected(text(node, "item"), text(node, "reason")));
      }
      return new RegistryState(
          text(root, "source"),
          Provenance.Registry.valueOf(text(root, "kind")),
          services,
          rejected,
          true,
          Instant.parse(text(root, "observed")));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static Service service(JsonNode node) throws IOException {
    List<ServicePort> ports = new ArrayList<>();
    for (JsonNode port : node.path("ports")) {
      String protocol = text(port, "protocol");
      ports.add(
          new ServicePort(
              text(port, "name"),
              port.path("number").asInt(),
              Protocol.byName(protocol)
                  .orElseThrow(() -> new IOException("protocol '" + protocol + "'"))));
    }
    List<Endpoint> endpoints = new ArrayList<>();
    for (JsonNode endpoint : node.path("endpoints")) {
      endpoints.add(endpoint(endpoint));
    }
    List<String> addresses = new ArrayList<>();
    node.path("addresses").forEach(address -> addresses.add(address.asText()));
    return new Service(
        ServiceName.parse(text(node, "name")),
        ports,
        endpoints,
        addresses,
        Exposure.parse(text(node, "export")),
        Instant.parse(text(node, "created")));
  }

  private static Endpoint endpoint(JsonNode node) throws IOException {
    Map<Integer, Integer> targets = new HashMap<>();
    node.path("targets")
        .properties()
        .forEach(e -> targets.put(Integer.valueOf(e.getKey()), e.getValue().asInt()));
    Map<String, String> labels = new HashMap<>();
    node.path("labels").properties().forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
    return new Endpoint(
        text(node, "id"),
        text(node, "address"),
        targets,
        text(node, "network"),
        new Locality(text(node, "region"), text(node, "zone"), text(node, "subzone")),
        node.path("ready").asBoolean(),
        text(node, "serviceAccount"),
        node.path("weight").asInt(),
        labels,
        new Provenance(
            Provenance.Registry.valueOf(text(node, "registry")),
            text(node, "source"),
            text(node, "cluster"),
            text(node, "owner"),
            Instant.parse(text(node, "since"))));
  }

  private static String text(JsonNode node, String field) throws IOException {
    JsonNode value = node.path(field);
    if (!value.isTextual()) {
      throw new IOException("no text in field '" + field + "'");
    }
    return value.asText();
  }
}
