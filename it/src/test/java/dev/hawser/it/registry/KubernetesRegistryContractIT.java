package dev.hawser.it.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.Provenance;
import dev.hawser.api.model.Service;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.it.programs.KubernetesCluster;
import dev.hawser.it.programs.Place;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real API server with its controllers: slices are made from pods whose kubelet the test plays.
 */
final class KubernetesRegistryContractIT extends ServiceRegistryContract {
  private static final String EXPORT_KIND =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata:
        name: serviceexports.multicluster.x-k8s.io
        annotations: {api-approved.kubernetes.io: "https://github.com/kubernetes/enhancements/pull/1748"}
      spec:
        group: multicluster.x-k8s.io
        scope: Namespaced
        names: {plural: serviceexports, singular: serviceexport, kind: ServiceExport, listKind: ServiceExportList}
        versions:
        - name: v1alpha1
          served: true
          storage: true
          schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
      """;

  private static @Nullable KubernetesCluster cluster;

  @BeforeAll
  static void startCluster(@TempDir Path folder) {
    KubernetesCluster started = KubernetesCluster.start(Place.local(folder));
    cluster = started;
    started
        .client()
        .resource(
            new NodeBuilder()
                .withNewMetadata()
                .withName("node-1")
                .withLabels(
                    Map.of(
                        "topology.kubernetes.io/region", "east",
                        "topology.kubernetes.io/zone", "b"))
                .endMetadata()
                .build())
        .create();
    started
        .client()
        .resource(new NamespaceBuilder().withNewMetadata().withName("shop").endMetadata().build())
        .create();
  }

  @AfterAll
  static void stopCluster() {
    cluster().close();
  }

  @Override
  Upstream upstream(Path folder) {
    return new KubernetesNamespace(cluster());
  }

  @Override
  Provenance.Registry kind() {
    return Provenance.Registry.KUBERNETES;
  }

  @Test
  void endpointsCarryWhatTheirPodNodeAndSliceSay() {
    KubernetesNamespace shop = (KubernetesNamespace) upstream();
    shop.pod("ledger", new Upstream.Instance("ledger-0", "10.7.5.1", "book"), 9090);
    shop.create(
        new ServiceBuilder()
            .withNewMetadata()
            .withName("ledger")
            .withNamespace("shop")
            .endMetadata()
            .withNewSpec()
            .withClusterIP("None")
            .withSelector(Map.of("app", "ledger"))
            .addNewPort()
            .withName("grpc-api")
            .withPort(80)
            .withTargetPort(new IntOrString("main"))
            .endPort()
            .addNewPort()
            .withName("plain")
            .withAppProtocol("kubernetes.io/h2c")
            .withPort(81)
            .endPort()
            .addNewPort()
            .withName("dns")
            .withProtocol("UDP")
            .withPort(53)
            .endPort()
            .endSpec()
            .build());
    start();

    RegistryState state = reports.awaitReady("a headless service", "ledger", "10.7.5.1");

    Service ledger = Reports.service(state, "ledger");
    assertThat(ledger.addresses()).isEmpty();
    assertThat(ledger.ports())
        .extracting(port -> port.number() + "/" + port.protocol())
        .containsExactly("80/" + Protocol.GRPC, "81/" + Protocol.HTTP2);
    Endpoint endpoint = ledger.endpoints().getFirst();
    assertThat(endpoint.targetPort(80)).isEqualTo(9090);
    assertThat(endpoint.targetPort(81)).isEqualTo(81);
    assertThat(endpoint.serviceAccount()).isEqualTo("book");
    assertThat(endpoint.locality()).hasToString("east/b");
    assertThat(endpoint.labels()).containsEntry("app", "ledger");
    assertThat(endpoint.provenance().owner()).isEqualTo("ledger-0");
    assertThat(endpoint.id())
        .isEqualTo(
            client().pods().inNamespace("shop").withName("ledger-0").get().getMetadata().getUid());
    assertThat(state.rejected())
        .singleElement()
        .hasToString("Service shop/ledger port 53: protocol: UDP (expected: TCP)");
  }

  @Test
  void servicesOfTheClusterItselfAreNotReported() {
    upstream().service("orders", "", List.of(ORDERS_1));
    client()
        .resource(
            new ServiceBuilder()
                .withNewMetadata()
                .withName("dns")
                .withNamespace("kube-system")
                .endMetadata()
                .withNewSpec()
                .addNewPort()
                .withPort(53)
                .endPort()
                .endSpec()
                .build())
        .create();
    start();

    RegistryState state = reports.awaitReady("orders alone", "orders", "10.7.0.1");

    assertThat(client().services().inNamespace("default").withName("kubernetes").get()).isNotNull();
    assertThat(state.services())
        .extracting(it -> it.name().toString())
        .containsExactly("orders.shop");
    assertThat(state.rejected()).isEmpty();
  }

  @Test
  void aTerminatingPodIsNotReady() {
    upstream().service("orders", "", List.of(ORDERS_1, ORDERS_2));
    start();
    reports.awaitReady("both", "orders", "10.7.0.1", "10.7.0.2");

    var _ = client().pods().inNamespace("shop").withName("orders-1").withGracePeriod(600).delete();

    RegistryState state = reports.awaitReady("one terminates", "orders", "10.7.0.2");
    assertThat(Reports.endpoints(state, "orders")).hasSize(2);
  }

  @Test
  void serviceExportIsWatchedWhenItsKindAppearsOutlivesARestartAndMayGoAgain() {
    upstream().service("orders", "", List.of(ORDERS_1));
    start();
    reports.awaitReady("no such kind yet", "orders", "10.7.0.1");
    assertThat(Reports.service(reports.last(), "orders").exposure()).isEqualTo(Exposure.hidden());

    apply(EXPORT_KIND);
    try {
      Awaitility.await()
          .ignoreExceptions()
          .until(() -> client().supports("multicluster.x-k8s.io/v1alpha1", "ServiceExport"));
      apply(export("orders"));
      awaitExposure("exported by ServiceExport", Exposure.everyone());

      int reported = reports.states().size();
      cluster().killAndRestartApiServer();
      reports.await(
          "listed anew after a kill of the API server",
          AFTER_A_KILL,
          _ -> reports.states().size() > reported);
      for (RegistryState state : reports.states().subList(reported, reports.states().size())) {
        assertThat(Reports.service(state, "orders").exposure()).isEqualTo(Exposure.everyone());
        assertThat(Reports.ready(state, "orders")).hasSize(1);
      }

      delete(export("orders"));
      awaitExposure("not exported any more", Exposure.hidden());
      delete(EXPORT_KIND);
      upstream().add("orders", ORDERS_2);
      reports.awaitReady("the kind is gone, the rest goes on", "orders", "10.7.0.1", "10.7.0.2");
    } finally {
      delete(EXPORT_KIND);
    }
  }

  @Test
  void threeKillsOfTheApiServerTakeNoEndpointOut() {
    upstream().service("orders", "true", List.of(ORDERS_1, ORDERS_2));
    upstream().service("stock", "", List.of(STOCK_1));
    start();
    reports.awaitReady("before", "orders", "10.7.0.1", "10.7.0.2");
    reports.await("before, whole", SOON, it -> Reports.ready(it, "stock").size() == 1);
    int reported = reports.states().size();

    for (int round = 1; round <= 3; round++) {
      int before = reports.states().size();
      cluster().killAndRestartApiServer();
      reports.await(
          "resynced after kill " + round,
          AFTER_A_KILL,
          _ -> reports.states().stream().skip(before).anyMatch(RegistryState::resynced));
    }

    for (RegistryState state : reports.states().subList(reported, reports.states().size())) {
      assertThat(Reports.ready(state, "orders")).hasSize(2);
      assertThat(Reports.ready(state, "stock")).hasSize(1);
    }
    upstream().add("orders", ORDERS_3);
    reports.awaitReady("and it still watches", "orders", "10.7.0.1", "10.7.0.2", "10.7.0.3");
  }

  private void awaitExposure(String what, Exposure expected) {
    reports.await(
        what,
        SOON,
        state ->
            state.services().stream()
                .anyMatch(
                    it -> it.name().name().equals("orders") && it.exposure().equals(expected)));
  }

  private static String export(String name) {
    return """
    apiVersion: multicluster.x-k8s.io/v1alpha1
    kind: ServiceExport
    metadata: {name: %s, namespace: shop}
    """
        .formatted(name);
  }

  private static void apply(String yaml) {
    var _ = client().load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8))).create();
  }

  private static void delete(String yaml) {
    var _ = client().load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8))).delete();
  }

  private static KubernetesCluster cluster() {
    KubernetesCluster started = cluster;
    if (started == null) {
      throw new AssertionError("the cluster was not started");
    }
    return started;
  }

  private static KubernetesClient client() {
    return cluster().client();
  }
}
