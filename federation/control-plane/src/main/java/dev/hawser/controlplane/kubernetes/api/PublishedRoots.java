package dev.hawser.controlplane.kubernetes.api;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster's roots in the ConfigMap {@code hawser-roots}, which workloads mount so that they
 * know the control plane before they send it their service-account token.
 */
public final class PublishedRoots {
  /** The name of the ConfigMap. */
  public static final String NAME = "hawser-roots";

  /** Its one key. */
  public static final String KEY = "roots.pem";

  private static final Logger LOG = LoggerFactory.getLogger(PublishedRoots.class);

  private final KubernetesClient client;
  private final String namespace;

  PublishedRoots(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /**
   * Publishes the roots; blocks.
   *
   * @return false if the API server refused or is away: try again later
   */
  public boolean publish(String pem) {
    ConfigMap roots =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName(NAME)
            .withNamespace(namespace)
            .addToLabels("app.kubernetes.io/managed-by", "hawser")
            .endMetadata()
            .withData(Map.of(KEY, pem))
            .build();
    try {
      client.resource(roots).forceConflicts().serverSideApply();
      return true;
    } catch (KubernetesClientException e) {
      LOG.warn(
          "The roots cannot be published. configmap={}/{} cause={}",
          namespace,
          NAME,
          e.getMessage());
      return false;
    }
  }
}
