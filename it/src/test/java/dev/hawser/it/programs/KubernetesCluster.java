package dev.hawser.it.programs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.it.harness.Managed;
import dev.hawser.testing.ports.FreePorts;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * A Kubernetes control plane: etcd, API server and controllers. There is no kubelet: {@link
 * Kubelet} plays it.
 */
public final class KubernetesCluster implements AutoCloseable {
  private static final String ADMIN_TOKEN = "harness-admin";
  private static final String WITHOUT_NODES =
      "--controllers=*,-node-lifecycle-controller,-pod-garbage-collector-controller,-taint-eviction-controller";

  private final EtcdServer etcd;
  private final Managed apiServer;
  private final Managed controllerManager;
  private final Path kubeconfig;
  private final KubernetesClient client;

  private KubernetesCluster(
      EtcdServer etcd,
      Managed apiServer,
      Managed controllerManager,
      Path kubeconfig,
      KubernetesClient client) {
    this.etcd = etcd;
    this.apiServer = apiServer;
    this.controllerManager = controllerManager;
    this.kubeconfig = kubeconfig;
    this.client = client;
  }

  /** Starts all of it; the API server is ready when this returns. */
  public static KubernetesCluster start(Place place) {
    try {
      Path folder = Files.createDirectories(place.folder());
      Path key = serviceAccountKey(folder);
      Path users =
          Files.writeString(
              folder.resolve("users.csv"), ADMIN_TOKEN + ",admin,1,\"system:masters\"\n");
      int port = place.prefix().isEmpty() ? FreePorts.next() : 6443;
      EtcdServer etcd = EtcdServer.start(place);
      Managed apiServer =
          Managed.start(
              "kube-apiserver",
              place.logs(),
              Map.of(),
              place.command(apiServer(place, etcd, port, key, users)));
      Path certificate = folder.resolve("pki/apiserver.crt");
      Awaitility.await("the API server has made its certificate")
          .atMost(Duration.ofSeconds(30))
          .until(() -> Files.exists(certificate));
      String url = "https://" + place.address() + ":" + port;
      Path kubeconfig =
          Files.writeString(folder.resolve("kubeconfig"), kubeconfig(url, certificate));
      KubernetesClient client = client(url, certificate);
      awaitReady(client, apiServer);
      Managed controllers =
          Managed.start(
              "kube-controller-manager",
              place.logs(),
              Map.of(),
              place.command(
                  List.of(
                      Programs.controllerManager(),
                      "--kubeconfig",
                      kubeconfig.toString(),
                      "--leader-elect=false",
                      "--service-account-private-key-file",
                      key.toString(),
                      "--bind-address",
                      "127.0.0.1",
                      "--secure-port",
                      "0",
                      "--root-ca-file",
                      certificate.toString(),
                      WITHOUT_NODES)));
      return new KubernetesCluster(etcd, apiServer, controllers, kubeconfig, client);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> apiServer(
      Place place, EtcdServer etcd, int port, Path key, Path users) {
    List<String> command = new ArrayList<>();
    command.add(Programs.apiServer());
    command.addAll(List.of("--etcd-servers", etcd.url(), "--secure-port", Integer.toString(port)));
    command.addAll(
        List.of(
            "--bind-address",
            place.address(),
            "--cert-dir",
            place.folder().resolve("pki").toString()));
    command.addAll(
        List.of(
            "--service-cluster-ip-range",
            "10.96.0.0/16",
            "--service-account-key-file",
            key.toString()));
    command.addAll(List.of("--service-account-signing-key-file", key.toString()));
    command.addAll(List.of("--service-account-issuer", "https://kubernetes.default.svc"));
    command.addAll(List.of("--authorization-mode", "RBAC", "--token-auth-file", users.toString()));
    // Without a default route the server cannot find an address to advertise by itself.
    // It would not advertise loopback.
    String advertised = place.address().startsWith("127.") ? "192.0.2.250" : place.address();
    command.addAll(List.of("--advertise-address", advertised));
    return command;
  }

  private static Path serviceAccountKey(Path folder) throws IOException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      byte[] encoded = generator.generateKeyPair().getPrivate().getEncoded();
      String pem =
          "-----BEGIN PRIVATE KEY-----\n"
              + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
              + "\n-----END PRIVATE KEY-----\n";
      return Files.writeString(folder.resolve("service-accounts.key"), pem);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String kubeconfig(String url, Path certificate) {
    return """
    apiVersion: v1
    kind: Config
    clusters: [{name: c, cluster: {server: "%s", certificate-authority: "%s"}}]
    users: [{name: u, user: {token: %s}}]
    contexts: [{name: x, context: {cluster: c, user: u}}]
    current-context: x
    """
        .formatted(url, certificate, ADMIN_TOKEN);
  }

  private static KubernetesClient client(String url, Path certificate) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(url)
            .withOauthToken(ADMIN_TOKEN)
            .withCaCertFile(certificate.toString())
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  private static void awaitReady(KubernetesClient client, Managed apiServer) {
    Awaitility.await("the API server is ready")
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(200))
        .failFast(() -> assertThat(apiServer.isAlive()).as(apiServer.lastWords()).isTrue())
        .until(() -> {
          try {
            return "ok".equals(client.raw("/readyz"))
                && client.namespaces().withName("default").get() != null;
          } catch (KubernetesClientException e) {
            return false;
          }
        });
  }

  /** Returns a file with which a client is the cluster's administrator. */
  public Path kubeconfig() {
    return kubeconfig;
  }

  public KubernetesClient client() {
    return client;
  }

  public Managed apiServer() {
    return apiServer;
  }

  /** SIGKILL of the API server and a start with the same data. */
  public void killAndRestartApiServer() {
    apiServer.kill();
    bringBackApiServer();
  }

  /**
   * Starts a killed API server with the same data. Its controllers start anew as well: they come
   * back to a lost server after a pause that doubles with every loss, up to half a minute, and what
   * follows would wait for their slices.
   */
  public void bringBackApiServer() {
    apiServer.restart();
    awaitReady(client, apiServer);
    controllerManager.kill();
    controllerManager.restart();
  }

  @Override
  public void close() {
    client.close();
    controllerManager.close();
    apiServer.close();
    etcd.close();
  }
}
