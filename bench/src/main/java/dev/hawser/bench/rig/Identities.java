package dev.hawser.bench.rig;

import com.google.protobuf.util.JsonFormat;
import dev.hawser.api.enroll.v1.EnrollResponse;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.svid.PrivateFiles;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.svid.SvidStore;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.x509.Certificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The certificates of a run: a federation's root, a cluster's intermediate, and three workloads
 * with SPIFFE ids. Every subject has the same; what a workload of ours would get by enrolling is
 * laid into its data directory.
 */
public final class Identities {
  static final String CLUSTER = "east";
  static final String NAMESPACE = "bench";
  static final String TRUST_DOMAIN = CLUSTER + "." + TestAuthority.MESH_DOMAIN;

  private final TestAuthority authority = TestAuthority.create();
  private final Path folder;
  private final Svid web;
  private final Svid app;
  private final Svid gateway;

  /** Makes the authority and the workloads' keys and writes the files of Envoy and HAProxy. */
  public Identities(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    web = authority.workload(CLUSTER, NAMESPACE, "web");
    app = authority.workload(CLUSTER, NAMESPACE, "app");
    gateway = authority.gateway(CLUSTER);
    Files.writeString(folder.resolve("root.pem"), Certificates.toPem(List.of(root())));
    writePem("web", web);
    writePem("app", app);
  }

  private void writePem(String name, Svid svid) throws IOException {
    String chain = Certificates.toPem(svid.chain());
    String key = KeyMaterial.toPem(svid.privateKey());
    Files.writeString(folder.resolve(name + ".chain.pem"), chain);
    write(folder.resolve(name + ".key.pem"), key);
    write(folder.resolve(name + ".both.pem"), chain + key);
  }

  private static void write(Path file, String text) throws IOException {
    PrivateFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the folder with {@code root.pem} and, for {@code web} and {@code app}, the rest. */
  Path folder() {
    return folder;
  }

  /** Returns the root of all certificates. */
  public X509Certificate root() {
    return authority.root().certificate();
  }

  /** Returns the caller's identity. */
  public Svid web() {
    return web;
  }

  /** Returns the callee's identity. */
  public Svid app() {
    return app;
  }

  Svid gateway() {
    return gateway;
  }

  Svid controlPlane() {
    return authority.controlPlane(CLUSTER);
  }

  TrustBundles bundles() {
    return authority.bundles(CLUSTER);
  }

  /** Lays an identity into the data directory of a proxy of ours, as an enrolment would. */
  void enrol(Path dataDir, Svid svid, String controlPlane) throws IOException {
    PrivateFiles.createDirectory(dataDir);
    SvidStore store = new SvidStore(dataDir);
    store.saveBundles(bundles());
    EnrollResponse.Builder said =
        EnrollResponse.newBuilder()
            .setCluster(CLUSTER)
            .setMeshDomain(TestAuthority.MESH_DOMAIN)
            .setNetwork(CLUSTER)
            .addControlPlaneAddresses(controlPlane);
    said.getSvidBuilder().setSpiffeId(svid.id().toString());
    write(dataDir.resolve("enrolment.json"), JsonFormat.printer().print(said));
    store.save(svid);
  }
}
