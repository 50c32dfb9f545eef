package dev.hawser.controlplane.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How to reach the cluster's API server.
 *
 * @param kubeconfig file with its address and credential; empty for the service account of the pod
 *     that this process runs in
 */
public record KubernetesOptions(Optional<Path> kubeconfig) {
  private static final int CONNECT_MILLIS = 3_000;

  /**
   * Returns the client's configuration.
   *
   * @throws IllegalArgumentException if the file is missing or is no kubeconfig
   */
  public Config config() {
    Config config = kubeconfig.map(KubernetesOptions::read).orElseGet(KubernetesOptions::inCluster);
    // Who asks decides when to ask again: retries inside the client would hide an outage.
    return new ConfigBuilder(config)
        .withConnectionTimeout(CONNECT_MILLIS)
        .withRequestRetryBackoffLimit(0)
        .build();
  }

  private static Config inCluster() {
    return new ConfigBuilder().build();
  }

  private static Config read(Path file) {
    if (!Files.isReadable(file)) {
      throw new IllegalArgumentException(
          "kubeconfig: '" + file + "' (expected: a file that can be read)");
    }
    try {
      return Config.fromKubeconfig(file.toFile());
    } catch (KubernetesClientException | IllegalArgumentException malformed) {
      throw new IllegalArgumentException(
          "kubeconfig: '" + file + "' cannot be used: " + malformed.getMessage(), malformed);
    }
  }
}
