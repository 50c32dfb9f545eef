package dev.hawser.it.programs;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** Does what users and kubelets do: services, pods with addresses, and their readiness. */
public final class Kubelet {
  private final KubernetesClient client;
  private final String region;

  /**
   * Plays the kubelet of a node in a region and its zone {@code a}.
   *
   * @param region the value of {@code topology.kubernetes.io/region}
   */
  public Kubelet(KubernetesCluster cluster, String region) {
    client = cluster.client();
    this.region = region;
    var node =
        new NodeBuilder()
            .withNewMetadata()
            .withName("node-" + region)
            .withLabels(
                Map.of("topology.kubernetes.io/region", region, "topology.kubernetes.io/zone", "a"))
            .endMetadata()
            .build();
    client.resource(node).create();
  }

  /** Makes a namespace, unless there is one. */
  public void namespace(String name) {
    if (client.namespaces().withName(name).get() == null) {
      client
          .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
          .create();
    }
  }

  /** Makes a service that selects pods by {@code app}. */
  public void service(
      String namespace, String name, int port, String portName, Map<String, String> annotations) {
    namespace(namespace);
    client
        .resource(
            new ServiceBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .withAnnotations(annotations)
                .endMetadata()
                .withNewSpec()
                .withSelector(Map.of("app", name))
                .addNewPort()
                .withName(portName)
                .withPort(port)
                .withNewTargetPort(port)
                .endPort()
                .endSpec()
                .build())
        .create();
  }

  /** Makes a pod that runs, is ready, and has an address (not of loopback: slices refuse that). */
  public void pod(String namespace, String name, String app, String address) {
    namespace(namespace);
    serviceAccount(namespace, app);
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(namespace)
            .withLabels(Map.of("app", app))
            .endMetadata()
            .withNewSpec()
            .withNodeName("node-" + region)
            .withServiceAccountName(app)
            .addNewContainer()
            .withName("app")
            .withImage("example/" + app)
            .endContainer()
            .endSpec()
            .build();
    client.resource(pod).create();
    status(namespace, name, address, true);
  }

  /** Sets whether a pod is ready. */
  public void ready(String namespace, String name, boolean ready) {
    Pod pod = client.pods().inNamespace(namespace).withName(name).get();
    status(namespace, name, pod.getStatus().getPodIP(), ready);
  }

  private void status(String namespace, String name, String address, boolean ready) {
    client
        .pods()
        .inNamespace(namespace)
        .withName(name)
        .editStatus(pod ->
            new PodBuilder(pod)
                .withNewStatus()
                .withPhase("Running")
                .withPodIP(address)
                .addNewPodIP(address)
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready ? "True" : "False")
                .endCondition()
                .endStatus()
                .build());
  }

  /** Deletes a pod at once, as a node that is gone would have it. */
  public void delete(String namespace, String name) {
    var _ = client.pods().inNamespace(namespace).withName(name).withGracePeriod(0).delete();
  }

  /** Returns a token of a service account for an audience, as a projected volume would hold it. */
  public String token(String namespace, String serviceAccount, String audience) {
    serviceAccount(namespace, serviceAccount);
    TokenRequest request =
        client
            .serviceAccounts()
            .inNamespace(namespace)
            .withName(serviceAccount)
            .tokenRequest(
                new TokenRequestBuilder()
                    .withNewSpec()
                    .withAudiences(List.of(audience))
                    .withExpirationSeconds(3600L)
                    .endSpec()
                    .build());
    return request.getStatus().getToken();
  }

  private void serviceAccount(String namespace, String name) {
    namespace(namespace);
    if (client.serviceAccounts().inNamespace(namespace).withName(name).get() == null) {
      client
          .resource(
              new ServiceAccountBuilder()
                  .withNewMetadata()
                  .withName(name)
                  .withNamespace(namespace)
                  .endMetadata()
                  .build())
          .create();
    }
  }

  /** Waits until the slices of a service hold a number of ready endpoints. */
  public void awaitEndpoints(String namespace, String service, int ready) {
    Awaitility.await(ready + " ready endpoints of " + service)
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            client
                    .discovery()
                    .v1()
                    .endpointSlices()
                    .inNamespace(namespace)
                    .withLabel("kubernetes.io/service-name", service)
                    .list()
                    .getItems()
                    .stream()
                    .flatMap(slice -> slice.getEndpoints().stream())
                    .filter(endpoint -> Boolean.TRUE.equals(endpoint.getConditions().getReady()))
                    .count()
                == ready);
  }
}
