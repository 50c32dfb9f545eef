package dev.hawser.controlplane.enroll;

import com.google.protobuf.ByteString;
import dev.hawser.api.enroll.v1.Bundle;
import dev.hawser.api.enroll.v1.Bundles;
import dev.hawser.api.enroll.v1.LeaseHeartbeat;
import dev.hawser.api.enroll.v1.LeasedPort;
import dev.hawser.api.enroll.v1.LeasedService;
import dev.hawser.api.enroll.v1.Svid;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.x509.Certificates;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** From our records to the messages of {@code hawser.enroll.v1}, and back. */
final class WireForms {
  private static final int MAX_SERVICES = 64;

  private WireForms() {}

  static Svid svid(SpiffeId id, List<X509Certificate> chain) {
    return Svid.newBuilder().setSpiffeId(id.toString()).addAllChain(ders(chain)).build();
  }

  static Bundles bundles(TrustBundles bundles) {
    Bundles.Builder message = Bundles.newBuilder();
    bundles
        .bundles()
        .forEach((trustDomain, bundle) ->
            message.addBundles(
                Bundle.newBuilder()
                    .setTrustDomain(trustDomain.name())
                    .addAllRoots(ders(bundle.roots()))
                    .setSequence(bundle.sequence())));
    bundles
        .revokedIntermediates()
        .forEach(serial -> message.addRevokedIntermediates(Certificates.serialHex(serial)));
    return message.build();
  }

  static LeasedService leasedService(GrantedService service) {
    LeasedService.Builder message =
        LeasedService.newBuilder()
            .setName(service.name().name())
            .setNamespace(service.name().namespace())
            .setExport(service.exposure().isExported());
    if (service.exposure() instanceof Exposure.Only(var clusters)) {
      message.addAllExportTo(clusters);
    }
    for (ServicePort port : service.ports()) {
      message.addPorts(
          LeasedPort.newBuilder()
              .setName(port.name())
              .setNumber(port.number())
              .setProtocol(port.protocol().wireName())
              .setTarget(service.targetPorts().getOrDefault(port.number(), port.number())));
    }
    return message.build();
  }

  /**
   * Reads what an agent says.
   *
   * @throws IllegalArgumentException if a name or the number of them is not acceptable
   */
  static VmLease lease(SpiffeId identity, LeaseHeartbeat message, List<GrantedService> services) {
    if (message.getHealthyCount() > MAX_SERVICES) {
      throw new IllegalArgumentException(
          "healthy: "
              + message.getHealthyCount()
              + " services (expected: at most "
              + MAX_SERVICES
              + ")");
    }
    Map<ServiceName, Boolean> healthy = new HashMap<>();
    message.getHealthyMap().forEach((name, passes) -> healthy.put(ServiceName.parse(name), passes));
    return new VmLease(
        identity,
        message.getHost(),
        message.getAddress(),
        new Locality(message.getRegion(), message.getZone(), ""),
        services,
        healthy);
  }

  private static List<ByteString> ders(List<X509Certificate> certificates) {
    return Certificates.ders(certificates).stream().map(ByteString::copyFrom).toList();
  }
}
