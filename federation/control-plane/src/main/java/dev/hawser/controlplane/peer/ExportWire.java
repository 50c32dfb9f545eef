package dev.hawser.controlplane.peer;

import dev.hawser.api.model.Locality;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.naming.Labels;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.api.naming.SniName;
import dev.hawser.api.peer.v1.Export;
import dev.hawser.api.peer.v1.ExportPort;
import dev.hawser.api.peer.v1.Slot;
import dev.hawser.controlplane.exports.ExportedService;
import dev.hawser.controlplane.snapshot.RemoteExport;
import dev.hawser.controlplane.snapshot.RemoteSlot;
import dev.hawser.trust.spiffe.SpiffeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Exports as the peer protocol carries them. What comes from a peer is believed in nothing: names,
 * numbers, sizes and whose identities they are, everything is checked.
 */
final class ExportWire {
  static final int MAX_PORTS = 64;
  static final int MAX_SLOTS = SniName.MAX_SLOT + 1;
  static final int MAX_IDENTITIES = 1000;

  /** Bytes of one export: it is one document of the state store and a part of one message. */
  static final int MAX_BYTES = 640 * 1024;

  private static final int MAX_WEIGHT = 1_000_000;

  /** As long as a Kubernetes label's value may be. */
  private static final int MAX_LOCALITY_PART = 63;

  private ExportWire() {}

  static Export toWire(ExportedService service) {
    Export.Builder export =
        Export.newBuilder()
            .setName(service.name().name())
            .setNamespace(service.name().namespace())
            .addAllIdentities(service.identities())
            .setSinceMillis(service.since().toEpochMilli());
    for (ServicePort port : service.ports()) {
      export.addPorts(
          ExportPort.newBuilder()
              .setName(port.name())
              .setNumber(port.number())
              .setProtocol(port.protocol().wireName()));
    }
    for (ExportedService.OfferedSlot slot : service.slots()) {
      export.addSlots(
          Slot.newBuilder()
              .setNumber(slot.number())
              .setGeneration(slot.generation())
              .setRegion(slot.locality().region())
              .setZone(slot.locality().zone())
              .setSubzone(slot.locality().subzone())
              .setWeight(slot.weight()));
    }
    return export.build();
  }

  /** Returns {@code name.namespace} as the peer wrote it, for messages; not checked, but short. */
  static String claimedName(Export export) {
    String name = export.getName() + "." + export.getNamespace();
    return name.length() <= 2 * Labels.MAX_LENGTH + 1
        ? name
        : name.substring(0, 2 * Labels.MAX_LENGTH + 1) + "...";
  }

  /**
   * Reads an export.
   *
   * @param exporter the cluster whose authenticated link it came by
   * @throws IllegalArgumentException naming the value and what was expected
   */
  static RemoteExport fromWire(Export wire, ClusterName exporter) {
    ServiceName service = new ServiceName(wire.getName(), wire.getNamespace());
    requireAtMost("bytes", wire.getSerializedSize(), MAX_BYTES);
    if (service.isClusterInternal()) {
      throw new IllegalArgumentException(
          "service: '" + service + "' (expected: none that is internal to its cluster)");
    }
    return new RemoteExport(
        exporter.name(),
        service,
        ports(wire),
        slots(wire),
        identities(wire, exporter),
        Instant.ofEpochMilli(Math.max(0, wire.getSinceMillis())));
  }

  private static List<ServicePort> ports(Export wire) {
    requireAtMost("ports", wire.getPortsCount(), MAX_PORTS);
    if (wire.getPortsCount() == 0) {
      throw new IllegalArgumentException("ports: none (expected: at least one)");
    }
    Set<Integer> numbers = new HashSet<>();
    List<ServicePort> ports = new ArrayList<>();
    for (ExportPort port : wire.getPortsList()) {
      if (!port.getName().isEmpty()) {
        Labels.require("port name", port.getName());
      }
      Protocol protocol =
          Protocol.byName(port.getProtocol())
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "protocol of port "
                          + Integer.toUnsignedString(port.getNumber())
                          + ": '"
                          + shortened(port.getProtocol())
                          + "' (expected: http, http2, grpc, tcp or tls)"));
      if (!numbers.add(port.getNumber())) {
        throw new IllegalArgumentException(
            "port: " + port.getNumber() + " is named twice (expected: distinct numbers)");
      }
      ports.add(new ServicePort(port.getName(), port.getNumber(), protocol));
    }
    ports.sort(Comparator.comparingInt(ServicePort::number));
    return ports;
  }

  private static List<RemoteSlot> slots(Export wire) {
    requireAtMost("slots", wire.getSlotsCount(), MAX_SLOTS);
    Set<Integer> numbers = new HashSet<>();
    List<RemoteSlot> slots = new ArrayList<>(wire.getSlotsCount());
    for (Slot slot : wire.getSlotsList()) {
      String what = "slot " + Integer.toUnsignedString(slot.getNumber());
      requireRange(what, slot.getNumber(), 0, SniName.MAX_SLOT);
      requireRange("generation of " + what, slot.getGeneration(), 1, Long.MAX_VALUE);
      requireRange("weight of " + what, slot.getWeight(), 1, MAX_WEIGHT);
      if (!numbers.add(slot.getNumber())) {
        throw new IllegalArgumentException(what + " is named twice (expected: distinct numbers)");
      }
      Locality locality =
          new Locality(
              localityPart(what, slot.getRegion()),
              localityPart(what, slot.getZone()),
              localityPart(what, slot.getSubzone()));
      slots.add(new RemoteSlot(slot.getNumber(), slot.getGeneration(), locality, slot.getWeight()));
    }
    slots.sort(Comparator.comparingInt(RemoteSlot::number));
    return slots;
  }

  private static List<String> identities(Export wire, ClusterName exporter) {
    requireAtMost("identities", wire.getIdentitiesCount(), MAX_IDENTITIES);
    Set<String> identities = new TreeSet<>();
    for (String text : wire.getIdentitiesList()) {
      SpiffeId id = SpiffeId.parse(text);
      if (!id.trustDomain().name().equals(exporter.trustDomain())) {
        throw new IllegalArgumentException(
            "identity: '"
                + id
                + "' (expected: one of the exporter's own trust domain "
                + exporter.trustDomain()
                + ")");
      }
      identities.add(id.toString());
    }
    return List.copyOf(identities);
  }

  private static String localityPart(String what, String part) {
    boolean plain =
        part.length() <= MAX_LOCALITY_PART && part.chars().allMatch(c -> c > ' ' && c < 127);
    if (!plain || part.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "locality of "
              + what
              + ": '"
              + shortened(part)
              + "' (expected: at most "
              + MAX_LOCALITY_PART
              + " printable ASCII characters without '/')");
    }
    return part;
  }

  private static void requireAtMost(String what, int count, int most) {
    if (count > most) {
      throw new IllegalArgumentException(what + ": " + count + " (expected: at most " + most + ")");
    }
  }

  private static void requireRange(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          what + ": " + value + " (expected: " + least + "-" + most + ")");
    }
  }

  private static String shortened(String text) {
    return text.length() <= MAX_LOCALITY_PART ? text : text.substring(0, MAX_LOCALITY_PART) + "...";
  }
}
