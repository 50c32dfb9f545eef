package dev.hawser.controlplane.vm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.enroll.GrantedService;
import dev.hawser.controlplane.enroll.VmLease;
import dev.hawser.trust.spiffe.SpiffeId;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The stored form of leases: JSON with a format number, written out by hand so that a renamed Java
 * field cannot lose what a running cluster has stored.
 */
final class LeaseCodec {
  private static final int FORMAT = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private LeaseCodec() {}

  static byte[] write(SavedLeases saved) {
    ObjectNode root = JSON.createObjectNode().put("format", FORMAT);
    ArrayNode leases = root.putArray("leases");
    for (HeldLease held : saved.leases()) {
      VmLease lease = held.lease();
      ObjectNode node =
          leases
              .addObject()
              .put("identity", lease.identity().toString())
              .put("host", lease.host())
              .put("address", lease.address())
              .put("locality", lease.locality().toString())
              .put("since", held.since().toString());
      ArrayNode services = node.putArray("services");
      lease.services().forEach(service -> writeService(services.addObject(), service));
      ObjectNode healthy = node.putObject("healthy");
      lease.healthy().forEach((service, passes) -> healthy.put(service.toString(), passes));
    }
    ArrayNode services = root.putArray("services");
    for (KnownService known : saved.services()) {
      ObjectNode node =
          services
              .addObject()
              .put("created", known.created().toString())
              .put("lastLease", known.lastLease().toString());
      writeService(node, known.service());
    }
    try {
      return JSON.writeValueAsBytes(root);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a tree of plain values is always JSON", impossible);
    }
  }

  /**
   * @param deadline of every lease read
   * @throws IOException if the bytes are not what {@link #write} made
   */
  static SavedLeases read(byte[] bytes, Instant deadline) throws IOException {
    try {
      JsonNode root = JSON.readTree(bytes);
      int format = root.path("format").asInt();
      if (format != FORMAT) {
        throw new IOException("VM leases: format " + format + " (expected: " + FORMAT + ")");
      }
      List<HeldLease> leases = new ArrayList<>();
      root.path("leases").forEach(node -> leases.add(readLease(node, deadline)));
      List<KnownService> services = new ArrayList<>();
      root.path("services")
          .forEach(node ->
              services.add(
                  new KnownService(
                      readService(node), instant(node, "created"), instant(node, "lastLease"))));
      return new SavedLeases(leases, services);
    } catch (IllegalArgumentException | DateTimeException malformed) {
      throw new IOException("VM leases: " + malformed.getMessage(), malformed);
    }
  }

  private static void writeService(ObjectNode node, GrantedService service) {
    node.put("name", service.name().toString());
    node.put("export", exposure(service.exposure()));
    ArrayNode ports = node.putArray("ports");
    for (ServicePort port : service.ports()) {
      ports
          .addObject()
          .put("name", port.name())
          .put("number", port.number())
          .put("protocol", port.protocol().wireName())
          .put("target", service.targetPorts().getOrDefault(port.number(), port.number()));
    }
  }

  private static GrantedService readService(JsonNode node) {
    List<ServicePort> ports = new ArrayList<>();
    Map<Integer, Integer> targets = new HashMap<>();
    for (JsonNode port : node.path("ports")) {
      int number = port.path("number").asInt();
      String protocol = text(port, "protocol");
      ports.add(
          new ServicePort(
              text(port, "name"),
              number,
              Protocol.byName(protocol)
                  .orElseThrow(() -> new IllegalArgumentException("protocol: " + protocol))));
      int target = port.path("target").asInt();
      if (target != number) {
        targets.put(number, target);
      }
    }
    return new GrantedService(
        ServiceName.parse(text(node, "name")),
        ports,
        targets,
        Exposure.parse(text(node, "export")));
  }

  private static HeldLease readLease(JsonNode node, Instant deadline) {
    List<GrantedService> services = new ArrayList<>();
    node.path("services").forEach(service -> services.add(readService(service)));
    Map<ServiceName, Boolean> healthy = new HashMap<>();
    node.path("healthy")
        .properties()
        .forEach(
            entry -> healthy.put(ServiceName.parse(entry.getKey()), entry.getValue().asBoolean()));
    return new HeldLease(
        new VmLease(
            SpiffeId.parse(text(node, "identity")),
            text(node, "host"),
            text(node, "address"),
            Locality.parse(text(node, "locality")),
            services,
            healthy),
        instant(node, "since"),
        deadline);
  }

  private static String exposure(Exposure exposure) {
    return switch (exposure) {
      case Exposure.Private _ -> "false";
      case Exposure.Everyone _ -> "true";
      case Exposure.Only only -> String.join(",", only.clusters());
    };
  }

  private static Instant instant(JsonNode node, String field) {
    return Instant.parse(text(node, field));
  }

  private static String text(JsonNode node, String field) {
    JsonNode value = node.get(field);
    if (value == null || !value.isTextual()) {
      throw new IllegalArgumentException("field '" + field + "' is missing");
    }
    return value.textValue();
  }
}
