package dev.hawser.controlplane.files;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.registry.Literals;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * A document of kind {@code Service}, read strictly: an unknown field, a missing one or a wrong
 * value refuses the document with the field's path.
 *
 * <pre>{@code
 * apiVersion: hawser.dev/v1
 * kind: Service
 * metadata: {name: orders, namespace: shop, annotations: {hawser.dev/export: "true"}}
 * spec:
 *   ports: [{name: http, port: 8080, protocol: http}]
 *   addresses: [10.96.0.10]   # under which callers that are captured may mean it; may be absent
 *   endpoints:
 *   - {address: 127.1.1.1, serviceAccount: orders, locality: east/a, ports: {8080: 9000}, labels: {version: v1}, weight: 1}
 * }</pre>
 *
 * @param created {@code metadata.creationTimestamp}, for the rule that the oldest of conflicting
 *     services wins; if it is not given, the registry takes the moment it first saw the document
 */
record ServiceDocument(
    ServiceName name,
    Exposure exposure,
    Optional<Instant> created,
    List<ServicePort> ports,
    List<String> addresses,
    List<Instance> endpoints) {
  static final String API_VERSION = "hawser.dev/v1";
  static final String KIND = "Service";
  static final String EXPORT = "hawser.dev/export";
  private static final int MAX_WEIGHT = 1_000_000;

  /** One item of {@code spec.endpoints}. */
  record Instance(
      String address,
      String serviceAccount,
      Optional<Locality> locality,
      Map<Integer, Integer> ports,
      Map<String, String> labels,
      int weight) {
    /** Returns what tells it from the other instances of its service. */
    String place() {
      return ports.isEmpty() ? address : address + "/" + new TreeMap<>(ports);
    }
  }

  /**
   * @throws IllegalArgumentException with a message that begins with the path of the field
   */
  static ServiceDocument read(JsonNode node) {
    Fields document = Fields.of("", node);
    requireEqual(document, "apiVersion", API_VERSION);
    requireEqual(document, "kind", KIND);
    Fields metadata = document.requiredObject("metadata");
    Fields spec = document.requiredObject("spec");
    document.end();

    ServiceName name = name(metadata);
    Map<String, String> annotations = metadata.texts("annotations");
    Exposure exposure = at("metadata.annotations." + EXPORT, () -> exposure(annotations));
    Optional<Instant> created = created(metadata);
    metadata.texts("labels");
    metadata.end();

    List<ServicePort> ports = ports(spec);
    List<String> addresses = addresses(spec);
    List<Instance> endpoints = endpoints(spec, name, ports);
    spec.end();
    return new ServiceDocument(name, exposure, created, ports, addresses, endpoints);
  }

  private static void requireEqual(Fields document, String field, String expected) {
    String value = document.requiredText(field);
    if (!value.equals(expected)) {
      throw new IllegalArgumentException(field + ": '" + value + "' (expected: " + expected + ")");
    }
  }

  private static ServiceName name(Fields metadata) {
    String name = metadata.requiredText("name");
    String namespace = metadata.requiredText("namespace");
    return at("metadata", () -> new ServiceName(name, namespace));
  }

  private static Exposure exposure(Map<String, String> annotations) {
    String value = annotations.get(EXPORT);
    return value == null ? Exposure.hidden() : Exposure.parse(value);
  }

  private static Optional<Instant> created(Fields metadata) {
    return metadata
        .text("creationTimestamp")
        .map(text -> {
          try {
            return Instant.parse(text);
          } catch (DateTimeParseException malformed) {
            throw new IllegalArgumentException(
                "metadata.creationTimestamp: '"
                    + text
                    + "' (expected: an instant such as 2026-11-24T12:00:00Z)",
                malformed);
          }
        });
  }

  private static List<ServicePort> ports(Fields spec) {
    List<ServicePort> ports = new ArrayList<>();
    Set<Integer> numbers = new HashSet<>();
    for (Fields field : spec.objects("ports")) {
      int number = field.requiredNumber("port", 1, 65_535);
      String name = field.text("name").orElse("");
      Protocol protocol =
          field
              .text("protocol")
              .map(text -> protocol(field.pathOf("protocol"), text))
              .or(() -> Protocol.byPortName(name))
              .orElse(Protocol.TCP);
      field.end();
      if (!numbers.add(number)) {
        throw new IllegalArgumentException(
            field.pathOf("port") + ": " + number + " (expected: each number once)");
      }
      ports.add(new ServicePort(name, number, protocol));
    }
    if (ports.isEmpty()) {
      throw new IllegalArgumentException("spec.ports: missing (expected: at least one port)");
    }
    return ports;
  }

  private static List<String> addresses(Fields spec) {
    List<String> addresses = spec.listOfTexts("addresses");
    for (int i = 0; i < addresses.size(); i++) {
      Literals.requireAddress("spec.addresses[" + i + "]", addresses.get(i));
    }
    return addresses;
  }

  private static Protocol protocol(String path, String text) {
    return Protocol.byName(text)
        .orElseThrow(() ->
            new IllegalArgumentException(
                path + ": '" + text + "' (expected: http, http2, grpc, tcp or tls)"));
  }

  private static List<Instance> endpoints(Fields spec, ServiceName name, List<ServicePort> ports) {
    Set<Integer> numbers = new HashSet<>();
    ports.forEach(port -> numbers.add(port.number()));
    Set<String> places = new HashSet<>();
    List<Instance> instances = new ArrayList<>();
    for (Fields field : spec.objects("endpoints")) {
      Instance instance = instance(field, name);
      for (int port : instance.ports().keySet()) {
        if (!numbers.contains(port)) {
          throw new IllegalArgumentException(
              field.pathOf("ports")
                  + "."
                  + port
                  + ": no such port of the service (expected: one of "
                  + new TreeSet<>(numbers)
                  + ")");
        }
      }
      if (!places.add(instance.place())) {
        throw new IllegalArgumentException(
            field.pathOf("address")
                + ": '"
                + instance.address()
                + "' (expected: each endpoint once)");
      }
      instances.add(instance);
    }
    return instances;
  }

  private static Instance instance(Fields field, ServiceName name) {
    String address =
        Literals.requireAddress(field.pathOf("address"), field.requiredText("address"));
    String serviceAccount =
        Literals.requireServiceAccount(
            field.pathOf("serviceAccount"), field.text("serviceAccount").orElse(name.name()));
    Optional<Locality> locality =
        field
            .text("locality")
            .map(text -> at(field.pathOf("locality"), () -> Locality.parse(text)));
    Map<Integer, Integer> ports = field.ports("ports");
    Map<String, String> labels = field.texts("labels");
    int weight = field.number("weight", 1, MAX_WEIGHT).orElse(1);
    field.end();
    return new Instance(address, serviceAccount, locality, ports, labels, weight);
  }

  private static <T> T at(String path, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(path + ": " + wrong.getMessage(), wrong);
    }
  }
}
