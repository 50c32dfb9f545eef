package dev.hawser.controlplane.kubernetes.api;

import dev.hawser.controlplane.enroll.ServiceAccountAttestor;
import dev.hawser.controlplane.kubernetes.KubernetesOptions;
import dev.hawser.controlplane.kubernetes.state.KubernetesStateStore;
import dev.hawser.controlplane.state.StateStore;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;

/** One client of the API server for what is not the registry. Thread-safe. */
public final class ClusterApi implements AutoCloseable {
  private final KubernetesClient client;
  private final String namespace;

  /**
   * Makes a client; nothing is called yet.
   *
   * @param namespace the control plane's own
   * @throws IllegalArgumentException if the options name a kubeconfig that cannot be used
   */
  public ClusterApi(KubernetesOptions options, String namespace) {
    this.client = new KubernetesClientBuilder().withConfig(options.config()).build();
    this.namespace = namespace;
  }

  /** Returns a state store in the control plane's namespace; it lives as long as this. */
  public StateStore state() {
    return new KubernetesStateStore(client, namespace);
  }

  /** Returns who tells what a service-account token is worth. */
  public ServiceAccountAttestor attestor() {
    return new TokenReviewAttestor(client);
  }

  /** Returns what publishes the mesh's roots for workloads that do not have them yet. */
  public PublishedRoots roots() {
    return new PublishedRoots(client, namespace);
  }

  @Override
  public void close() {
    client.close();
  }
}
