package dev.hawser.it.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.controlplane.enroll.ServiceAccountAttestor;
import dev.hawser.controlplane.enroll.ServiceAccountAttestor.Attestation;
import dev.hawser.controlplane.kubernetes.KubernetesOptions;
import dev.hawser.controlplane.kubernetes.api.ClusterApi;
import dev.hawser.controlplane.kubernetes.api.PublishedRoots;
import dev.hawser.controlplane.state.StateKind;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.state.StateStoreContract;
import dev.hawser.controlplane.state.StateUnavailableException;
import dev.hawser.it.programs.KubernetesCluster;
import dev.hawser.it.programs.Place;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state store's promises, the attestor and the published roots, on a real API server. */
final class KubernetesStateStoreIT extends StateStoreContract {
  private static @Nullable KubernetesCluster cluster;
  private static int namespaces;

  private final List<ClusterApi> apis = new ArrayList<>();
  private String namespace = "";

  @BeforeAll
  static void startCluster(@TempDir Path folder) {
    cluster = KubernetesCluster.start(Place.local(folder));
  }

  @AfterAll
  static void stopCluster() {
    cluster().close();
  }

  private static KubernetesCluster cluster() {
    KubernetesCluster started = cluster;
    if (started == null) {
      throw new IllegalStateException("the cluster was not started");
    }
    return started;
  }

  private static KubernetesClient client() {
    return cluster().client();
  }

  @BeforeEach
  void makeNamespace() {
    namespace = "state-" + ++namespaces;
    client()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
  }

  @AfterEach
  void closeClients() {
    apis.forEach(ClusterApi::close);
  }

  private ClusterApi api() {
    ClusterApi api =
        new ClusterApi(new KubernetesOptions(Optional.of(cluster().kubeconfig())), namespace);
    apis.add(api);
    return api;
  }

  @Override
  protected StateStore store() {
    return apis.isEmpty() ? api().state() : apis.getFirst().state();
  }

  @Override
  protected StateStore reopened() {
    return api().state();
  }

  @Test
  void credentialsAreSecretsAndTheRestIsNot() {
    store().replace(StateKind.AUTHORITIES, "root", bytes("key"));
    store().replace(StateKind.MEMBERS, "west", bytes("member"));
    assertThat(client().secrets().inNamespace(namespace).list().getItems())
        .filteredOn(secret -> "hawser.dev/state".equals(secret.getType()))
        .hasSize(1);
    assertThat(client().configMaps().inNamespace(namespace).list().getItems())
        .filteredOn(map -> map.getMetadata().getName().startsWith("hawser-members-"))
        .hasSize(1);
  }

  @Test
  void anObjectThatSomebodyEditedIsReportedAndTheOthersAreRead() {
    StateStore store = store();
    store.replace(StateKind.MEMBERS, "west", bytes("a"));
    store.replace(StateKind.MEMBERS, "south", bytes("b"));
    ConfigMap west =
        client().configMaps().inNamespace(namespace).list().getItems().stream()
            .filter(map ->
                "west"
                    .equals(
                        map.getMetadata().getAnnotations() == null
                            ? null
                            : map.getMetadata().getAnnotations().get("hawser.dev/state-key")))
            .findFirst()
            .orElseThrow();
    west.setBinaryData(
        Map.of("document", Base64.getEncoder().encodeToString(bytes("something else"))));
    client().resource(west).update();

    assertThat(store.list(StateKind.MEMBERS)).extracting(d -> d.key()).containsExactly("south");
    assertThat(store.damaged()).hasSize(1);
    assertThatThrownBy(() -> store.replace(StateKind.MEMBERS, "west", bytes("c")))
        .isInstanceOf(StateUnavailableException.class)
        .hasMessageContaining("remove it");
  }

  @Test
  void aNamespaceThatIsNotThereIsSaidSo() {
    try (ClusterApi lost =
        new ClusterApi(new KubernetesOptions(Optional.of(cluster().kubeconfig())), "nowhere")) {
      assertThatThrownBy(() -> lost.state().replace(StateKind.MEMBERS, "west", bytes("a")))
          .isInstanceOf(StateUnavailableException.class)
          .hasMessageContaining("nowhere");
    }
  }

  @Test
  void aTokenForTheMeshSaysWhoHoldsItAndOneForAnotherAudienceIsRefused() {
    client()
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName("orders")
                .withNamespace(namespace)
                .endMetadata()
                .build())
        .create();
    ServiceAccountAttestor attestor = api().attestor();
    assertThat(attestor.attest(token(ServiceAccountAttestor.AUDIENCE)))
        .isEqualTo(new Attestation.Attested(namespace, "orders"));
    assertThat(attestor.attest(token("vault"))).isInstanceOf(Attestation.Refused.class);
    assertThat(attestor.attest("nonsense")).isInstanceOf(Attestation.Refused.class);
    assertThat(attestor.attest("")).isNotInstanceOf(Attestation.Attested.class);
  }

  private String token(String audience) {
    TokenRequest request =
        new TokenRequestBuilder()
            .withNewSpec()
            .withAudiences(audience)
            .withExpirationSeconds(600L)
            .endSpec()
            .build();
    return client()
        .serviceAccounts()
        .inNamespace(namespace)
        .withName("orders")
        .tokenRequest(request)
        .getStatus()
        .getToken();
  }

  @Test
  void theRootsArePublishedAndReplaced() {
    PublishedRoots roots = api().roots();
    assertThat(roots.publish("one")).isTrue();
    assertThat(roots.publish("two")).isTrue();
    ConfigMap published =
        client().configMaps().inNamespace(namespace).withName(PublishedRoots.NAME).get();
    assertThat(published.getData()).containsEntry(PublishedRoots.KEY, "two");
  }
}
