package dev.hawser.controlplane.snapshot;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.ServicePort;
import dev.hawser.controlplane.policy.Policy;
import dev.hawser.trust.authority.RevocationList;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The canonical bytes of a snapshot: every value with its length in front, every collection sorted
 * and with its size in front, so that two different contents never have the same bytes. Times that
 * only people look at ({@link RemoteCluster#lastHeard()}) are left out.
 */
final class SnapshotDigest {
  private final MessageDigest sha256;

  private SnapshotDigest() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static String of(MeshSnapshot snapshot) {
    SnapshotDigest digest = new SnapshotDigest();
    digest.local(snapshot.local());
    digest.number(snapshot.services().size());
    snapshot.services().values().forEach(digest::service);
    digest.number(snapshot.remotes().size());
    snapshot.remotes().values().forEach(digest::remote);
    digest.number(snapshot.policies().size());
    snapshot.policies().forEach(digest::policy);
    digest.trust(snapshot.trust());
    digest.number(snapshot.conditions().size());
    snapshot.conditions().forEach(digest::condition);
    return HexFormat.of().formatHex(digest.sha256.digest());
  }

  private void local(LocalCluster local) {
    text(local.name().trustDomain());
    text(local.network());
    text(local.locality().toString());
    text(local.consulNamespace());
    number(local.gateways().size());
    local.gateways().forEach(this::text);
    number(local.controlPlanes().size());
    local.controlPlanes().forEach(this::text);
  }

  private void trust(MeshTrust trust) {
    text(trust.bundles().digest());
    text(trust.revoked().map(RevocationList::toPem).orElse(""));
    text(trust.issuer());
  }

  private void service(MeshService service) {
    text(service.name().toString());
    number(service.ports().size());
    service.ports().stream()
        .sorted(Comparator.comparingInt(ServicePort::number))
        .forEach(this::port);
    number(service.addresses().size());
    service.addresses().stream().sorted().forEach(this::text);
    exposure(service.exposure());
    number(service.local().size());
    service.local().stream()
        .sorted(Comparator.comparing(MeshEndpoint::key))
        .forEach(this::endpoint);
    number(service.remote().size());
    service.remote().stream()
        .sorted(Comparator.comparing(RemoteExport::cluster))
        .forEach(this::export);
    number(service.since().toEpochMilli());
  }

  private void port(ServicePort port) {
    text(port.name());
    number(port.number());
    text(port.protocol().wireName());
  }

  private void exposure(Exposure exposure) {
    switch (exposure) {
      case Exposure.Private _ -> number(0);
      case Exposure.Everyone _ -> number(1);
      case Exposure.Only only -> {
        number(2);
        number(only.clusters().size());
        new TreeSet<>(only.clusters()).forEach(this::text);
      }
    }
  }

  private void endpoint(MeshEndpoint meshed) {
    Endpoint endpoint = meshed.endpoint();
    text(meshed.key());
    text(endpoint.address());
    number(endpoint.targetPorts().size());
    new TreeMap<>(endpoint.targetPorts())
        .forEach((port, target) -> {
          number(port);
          number(target);
        });
    text(endpoint.network());
    text(endpoint.locality().toString());
    number(endpoint.ready() ? 1 : 0);
    text(endpoint.serviceAccount());
    number(endpoint.weight());
    labels(endpoint.labels());
    text(endpoint.provenance().owner());
    text(endpoint.provenance().registry().name());
    number(endpoint.provenance().since().toEpochMilli());
    number(meshed.ports().size());
    new TreeSet<>(meshed.ports()).forEach(this::number);
    text(meshed.spiffeId());
    number(meshed.meshed() ? 1 : 0);
    number(meshed.inboundPort());
    exposure(meshed.exposure());
    number(meshed.slot().isPresent() ? 1 : 0);
    meshed
        .slot()
        .ifPresent(slot -> {
          number(slot.slot());
          number(slot.generation());
          number(slot.draining() ? 1 : 0);
        });
  }

  private void labels(Map<String, String> labels) {
    number(labels.size());
    new TreeMap<>(labels)
        .forEach((key, value) -> {
          text(key);
          text(value);
        });
  }

  private void export(RemoteExport export) {
    text(export.cluster());
    number(export.ports().size());
    export.ports().stream()
        .sorted(Comparator.comparingInt(ServicePort::number))
        .forEach(this::port);
    number(export.slots().size());
    export.slots().stream()
        .sorted(Comparator.comparingInt(RemoteSlot::number))
        .forEach(slot -> {
          number(slot.number());
          number(slot.generation());
          text(slot.locality().toString());
          number(slot.weight());
        });
    number(export.identities().size());
    export.identities().stream().sorted().forEach(this::text);
    number(export.since().toEpochMilli());
  }

  private void remote(RemoteCluster remote) {
    text(remote.name());
    text(remote.trustDomain());
    text(remote.state().name());
    number(remote.gateways().size());
    remote
        .gateways()
        .forEach(gateway -> {
          text(gateway.address());
          number(gateway.answering() ? 1 : 0);
        });
  }

  private void policy(Policy policy) {
    text(policy.key().toString());
    number(policy.created().toEpochMilli());
    text(policy.document());
  }

  private void condition(Condition condition) {
    text(condition.service().toString());
    text(condition.kind().name());
    text(condition.detail());
  }

  private void text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    number(bytes.length);
    sha256.update(bytes);
  }

  private void number(long value) {
    sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(value).flip());
  }
}
