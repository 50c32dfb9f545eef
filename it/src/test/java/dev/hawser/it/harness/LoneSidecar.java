package dev.hawser.it.harness;

import com.google.protobuf.Any;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.svid.SvidStore;
import dev.hawser.trust.testing.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A sidecar that obeys resources which the test wrote, by a control plane in the test. */
public final class LoneSidecar implements AutoCloseable {
  private final SnapshotServer server;
  private final Managed process;

  private LoneSidecar(SnapshotServer server, Managed process) {
    this.server = server;
    this.process = process;
  }

  /**
   * Starts it on loopback; it has taken nothing yet.
   *
   * @param address of 127.0.0.0/8 that nothing else has, for the ports of its administration
   * @param snapshot resources by type and name
   * @param environment beyond what every process of a test has
   */
  public static LoneSidecar start(
      Path folder,
      String address,
      Map<String, Map<String, Any>> snapshot,
      Map<String, String> environment)
      throws IOException {
    return start(
        folder,
        InetAddress.getLoopbackAddress(),
        address,
        address + ":15000",
        snapshot,
        environment,
        List.of());
  }

  /**
   * Starts it inside of a site; it has taken nothing yet.
   *
   * @param host of the site, whose address it has
   * @param snapshot resources by type and name
   */
  public static LoneSidecar start(
      Path folder, Site site, int host, Map<String, Map<String, Any>> snapshot) throws IOException {
    return start(
        folder,
        InetAddress.ofLiteral(site.harnessAddress()),
        site.address(host),
        new LocalAdmin(site, host).address(),
        snapshot,
        Map.of(),
        site.prefix());
  }

  private static LoneSidecar start(
      Path folder,
      InetAddress plane,
      String address,
      String admin,
      Map<String, Map<String, Any>> snapshot,
      Map<String, String> environment,
      List<String> prefix)
      throws IOException {
    TestAuthority authority = TestAuthority.create();
    TrustBundles trust = authority.bundles("east");
    SnapshotServer server =
        SnapshotServer.secured(plane, snapshot, authority.controlPlane("east"), trust);
    try {
      Svid identity = authority.workload("east", "shop", "caller");
      String planeAddress = plane.getHostAddress() + ":" + server.port();
      Path config = configuration(folder, address, admin, identity, trust, planeAddress);
      List<String> command = new ArrayList<>(prefix);
      command.addAll(List.of(Home.command("hawser-proxy"), "--config", config.toString()));
      return new LoneSidecar(
          server, Managed.start("sidecar", folder.resolve("log"), environment, command));
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** One that has enrolled before finds all it needs in its data directory. */
  private static Path configuration(
      Path folder,
      String address,
      String admin,
      Svid identity,
      TrustBundles trust,
      String controlPlane)
      throws IOException {
    Path data = folder.resolve("sidecar");
    SvidStore store = new SvidStore(data);
    store.save(identity);
    store.saveBundles(trust);
    Files.writeString(
        data.resolve("enrolment.json"),
        """
        {"cluster": "east", "meshDomain": "mesh.internal", "network": "east",
         "controlPlaneAddresses": ["%s"], "svid": {"spiffeId": "%s"}}
        """
            .formatted(controlPlane, identity.id()));
    return Files.write(
        folder.resolve("sidecar.yaml"),
        List.of(
            "node: caller",
            "address: " + address,
            "dataDir: " + data,
            "listen:",
            "  admin: \"" + admin + "\"",
            "  metrics: \"" + address + ":15020\"",
            "  ready: \"" + address + ":15021\"",
            "  dns: off"));
  }

  /** Returns what configures it. */
  public SnapshotServer server() {
    return server;
  }

  public Managed process() {
    return process;
  }

  @Override
  public void close() {
    process.close();
    server.close();
  }
}
