package dev.hawser.engine.admin.pages;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.hawser.engine.admin.AdminResponse;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.svid.Svid;
import io.envoyproxy.envoy.admin.v3.Certificate;
import io.envoyproxy.envoy.admin.v3.CertificateDetails;
import io.envoyproxy.envoy.admin.v3.Certificates;
import io.envoyproxy.envoy.admin.v3.CommandLineOptions;
import io.envoyproxy.envoy.admin.v3.Memory;
import io.envoyproxy.envoy.admin.v3.ServerInfo;
import io.envoyproxy.envoy.admin.v3.SubjectAlternateName;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What the process says of itself: {@code /memory}, {@code /certs} and {@code /server_info}. */
public final class ProcessPages {
  private ProcessPages() {}

  /** Bytes in use, on the heap and in buffers. */
  public static long allocated() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() + buffers();
  }

  private static long buffers() {
    return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
  }

  /** Returns {@code envoy.admin.v3.Memory}: the Java heap is what Envoy's heap is. */
  public static AdminResponse memory() {
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    MemoryUsage other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
    return AdminResponse.json(
        200,
        EnvoyJson.whole(
            Memory.newBuilder()
                .setAllocated(allocated())
                .setHeapSize(heap.getCommitted() + buffers())
                .setPageheapFree(heap.getCommitted() - heap.getUsed())
                .setPageheapUnmapped(Math.max(0, heap.getMax() - heap.getCommitted()))
                .setTotalThreadCache(buffers())
                .setTotalPhysicalBytes(heap.getCommitted() + other.getCommitted() + buffers())
                .build()));
  }

  /** Returns {@code envoy.admin.v3.Certificates}: what is trusted, and the own chain. */
  public static AdminResponse certs(Optional<Svid> svid, TrustBundles bundles, Instant now) {
    Certificate.Builder certificate = Certificate.newBuilder();
    for (TrustBundle bundle : bundles.bundles().values()) {
      for (X509Certificate root : bundle.roots()) {
        certificate.addCaCert(
            details(root, now)
                .addSubjectAltNames(
                    SubjectAlternateName.newBuilder()
                        .setUri("spiffe://" + bundle.trustDomain().name())));
      }
    }
    if (svid.isPresent()) {
      for (X509Certificate link : svid.get().chain()) {
        CertificateDetails.Builder details = details(link, now);
        if (link.equals(svid.get().leaf())) {
          details.addSubjectAltNames(
              SubjectAlternateName.newBuilder().setUri(svid.get().id().toString()));
        }
        certificate.addCertChain(details);
      }
    }
    return AdminResponse.json(
        200, EnvoyJson.whole(Certificates.newBuilder().addCertificates(certificate).build()));
  }

  private static CertificateDetails.Builder details(X509Certificate certificate, Instant now) {
    return CertificateDetails.newBuilder()
        .setSerialNumber(certificate.getSerialNumber().toString(16))
        .setDaysUntilExpiration(daysLeft(certificate, now))
        .setValidFrom(Timestamps.fromDate(certificate.getNotBefore()))
        .setExpirationTime(Timestamps.fromDate(certificate.getNotAfter()));
  }

  /** Returns whole days until the end of a certificate, 0 when it has ended. */
  public static long daysLeft(X509Certificate certificate, Instant now) {
    return Math.max(0, Duration.between(now, certificate.getNotAfter().toInstant()).toDays());
  }

  /**
   * Returns {@code envoy.admin.v3.ServerInfo}.
   *
   * @param uptime of this process
   */
  public static AdminResponse serverInfo(
      String version, String node, ServerInfo.State state, int concurrency, Duration uptime) {
    var time = Durations.fromSeconds(uptime.toSeconds());
    return AdminResponse.json(
        200,
        EnvoyJson.whole(
            ServerInfo.newBuilder()
                .setVersion(version)
                .setState(state)
                .setUptimeCurrentEpoch(time)
                .setUptimeAllEpochs(time)
                .setCommandLineOptions(CommandLineOptions.newBuilder().setConcurrency(concurrency))
                .setNode(Node.newBuilder().setId(node))
                .build()));
  }
}
