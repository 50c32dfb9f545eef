package dev.hawser.it.registry;

import dev.hawser.api.model.Locality;
import dev.hawser.controlplane.kubernetes.KubernetesOptions;
import dev.hawser.controlplane.kubernetes.KubernetesRegistry;
import dev.hawser.controlplane.registry.ServiceRegistry;
import dev.hawser.controlplane.registry.Site;
import dev.hawser.it.programs.KubernetesCluster;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;

/** What is in the namespace {@code shop}. */
final class KubernetesNamespace implements Upstream {
  private final KubernetesCluster cluster;

  KubernetesNamespace(KubernetesCluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public ServiceRegistry connect() {
    return new KubernetesRegistry(
        new KubernetesOptions(Optional.of(cluster.kubeconfig())),
        new Site("east", "net-east", new Locality("east", "a", "")),
        InstantSource.system());
  }

  @Override
  public void service(String name, String export, List<Instance> instances) {
    create(
        new ServiceBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(NAMESPACE)
            .withAnnotations(export.isEmpty() ? Map.of() : Map.of("hawser.dev/export", export))
            .endMetadata()
            .withNewSpec()
            .withSelector(Map.of("app", name))
            .addNewPort()
            .withName("http-web")
            .withPort(8080)
            .endPort()
            .endSpec()
            .build());
    instances.forEach(instance -> add(name, instance));
  }

  @Override
  public void add(String name, Instance instance) {
    pod(name, instance, 8080);
  }

  @Override
  public void remove(String name, Instance instance) {
    var _ =
        cluster
            .client()
            .pods()
            .inNamespace(NAMESPACE)
            .withName(instance.id())
            .withGracePeriod(0)
            .delete();
  }

  @Override
  public void remove(String name) {
    var _ = cluster.client().services().inNamespace(NAMESPACE).withName(name).delete();
  }

  @Override
  public boolean health(String name, Instance instance, boolean passes) {
    status(instance.id(), instance.address(), passes);
    return true;
  }

  @Override
  public String spoil() {
    create(
        new ServiceBuilder()
            .withNewMetadata()
            .withName("clock")
            .withNamespace(NAMESPACE)
            .endMetadata()
            .withNewSpec()
            .addNewPort()
            .withProtocol("UDP")
            .withPort(123)
            .endPort()
            .endSpec()
            .build());
    return "Service shop/clock: spec.ports: no TCP port";
  }

  @Override
  public boolean leave() {
    cluster.apiServer().kill();
    return true;
  }

  @Override
  public void comeBack() {
    cluster.bringBackApiServer();
  }

  /** As by a controller gone wrong: all services of the namespace at once. */
  @Override
  public boolean forget() {
    // Each by a request of its own at the same moment: one after the other they would be single
    // deletions to whoever watches, once the machine is slow.
    List<Service> all = cluster.client().services().inNamespace(NAMESPACE).list().getItems();
    all.parallelStream().forEach(one -> cluster.client().resource(one).delete());
    return true;
  }

  @Override
  public void close() {
    var _ = cluster.client().services().inNamespace(NAMESPACE).delete();
    var _ = cluster.client().services().inNamespace("kube-system").delete();
    var _ = cluster.client().pods().inNamespace(NAMESPACE).withGracePeriod(0).delete();
    Awaitility.await("the namespace is empty")
        .atMost(ServiceRegistryContract.SOON)
        .until(() ->
            cluster.client().services().inNamespace(NAMESPACE).list().getItems().isEmpty()
                && cluster.client().pods().inNamespace(NAMESPACE).list().getItems().isEmpty()
                && cluster
                    .client()
                    .discovery()
                    .v1()
                    .endpointSlices()
                    .inNamespace(NAMESPACE)
                    .list()
                    .getItems()
                    .isEmpty());
  }

  void create(io.fabric8.kubernetes.api.model.Service service) {
    cluster.client().resource(service).create();
  }

  /** Makes a pod as a scheduler and a kubelet would have it a moment later. */
  void pod(String app, Instance instance, int containerPort) {
    serviceAccount(instance.serviceAccount());
    cluster
        .client()
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withName(instance.id())
                .withNamespace(NAMESPACE)
                .withLabels(Map.of("app", app))
                .endMetadata()
                .withNewSpec()
                .withNodeName("node-1")
                .withServiceAccountName(instance.serviceAccount())
                .addNewContainer()
                .withName("app")
                .withImage("example/" + app)
                .addNewPort()
                .withName("main")
                .withContainerPort(containerPort)
                .endPort()
                .endContainer()
                .endSpec()
                .build())
        .create();
    status(instance.id(), instance.address(), true);
  }

  private void serviceAccount(String name) {
    if (cluster.client().serviceAccounts().inNamespace(NAMESPACE).withName(name).get() == null) {
      cluster
          .client()
          .resource(
              new ServiceAccountBuilder()
                  .withNewMetadata()
                  .withName(name)
                  .withNamespace(NAMESPACE)
                  .endMetadata()
                  .build())
          .create();
    }
  }

  private void status(String pod, String address, boolean ready) {
    cluster
        .client()
        .pods()
        .inNamespace(NAMESPACE)
        .withName(pod)
        .editStatus(it ->
            new PodBuilder(it)
                .withNewStatus()
                .withPhase("Running")
                .withPodIP(address)
                .addNewPodIP(address)
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready ? "True" : "False")
                .withLastTransitionTime(Instant.now().toString())
                .endCondition()
                .endStatus()
                .build());
  }
}
