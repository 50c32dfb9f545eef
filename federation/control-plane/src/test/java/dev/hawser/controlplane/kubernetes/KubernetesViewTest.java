package dev.hawser.controlplane.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.controlplane.registry.Rejected;
import dev.hawser.controlplane.registry.Site;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KubernetesViewTest {
  private final Known cluster = new Known();
  private final KubernetesView view =
      new KubernetesView(cluster, new Site("east", "net", new Locality("east", "", "")));

  @Test
  void theServicesOwnAnnotationDecidesBeforeServiceExportAndNamespace() {
    cluster.export = export(Map.of());
    cluster.namespace = namespace(Map.of("hawser.dev/export", "true"));

    assertThat(exposure(Map.of("hawser.dev/export", "false"))).isEqualTo(Exposure.hidden());
    assertThat(exposure(Map.of("hawser.dev/export", "west")))
        .isEqualTo(new Exposure.Only(Set.of("west")));
  }

  @Test
  void aServiceExportExportsToEveryoneOrToWhomItNames() {
    cluster.export = export(Map.of());
    assertThat(exposure(Map.of())).isEqualTo(Exposure.everyone());

    cluster.export = export(Map.of("hawser.dev/export", "west"));
    assertThat(exposure(Map.of())).isEqualTo(new Exposure.Only(Set.of("west")));
  }

  @Test
  void aNamespacesAnnotationIsTheDefaultOfItsServices() {
    assertThat(exposure(Map.of())).isEqualTo(Exposure.hidden());

    cluster.namespace = namespace(Map.of("hawser.dev/export", "true"));
    assertThat(exposure(Map.of())).isEqualTo(Exposure.everyone());
  }

  @Test
  void anAnnotationThatCannotBeReadExportsNothingAndSaysSo() {
    KubernetesView.Result result = read(service(Map.of("hawser.dev/export", "the west")));

    assertThat(result.service().orElseThrow().exposure()).isEqualTo(Exposure.hidden());
    assertThat(result.rejected())
        .singleElement()
        .extracting(Rejected::toString)
        .asString()
        .startsWith(
            "Service shop/orders annotation hawser.dev/export: export to cluster: 'the west'")
        .endsWith("; not exported");
  }

  @Test
  void anExternalNameIsRejected() {
    Service service = service(Map.of());
    service.getSpec().setType("ExternalName");

    assertThat(read(service).service()).isEmpty();
    assertThat(read(service).rejected())
        .singleElement()
        .hasToString(
            "Service shop/orders: type: ExternalName (expected: a service with endpoints of its"
                + " own)");
  }

  @Test
  void conditionsThatAreNotSetMeanReady() {
    assertThat(ready(null, null, null)).isTrue();
    assertThat(ready(true, true, false)).isTrue();
    assertThat(ready(false, true, false)).isFalse();
    assertThat(ready(true, false, null)).isFalse();
    assertThat(ready(true, true, true)).isFalse();
  }

  @Test
  void anAddressWithoutAPodHasTheServicesIdentity() {
    cluster.slices.add(slice("IPv4", "192.0.2.7", null, null, null));

    Endpoint endpoint = read(service(Map.of())).service().orElseThrow().endpoints().getFirst();
    Endpoint named =
        read(service(Map.of("hawser.dev/service-account", "legacy")))
            .service()
            .orElseThrow()
            .endpoints()
            .getFirst();

    assertThat(endpoint.serviceAccount()).isEqualTo("orders");
    assertThat(endpoint.id()).isEqualTo("uid-orders/192.0.2.7");
    assertThat(named.serviceAccount()).isEqualTo("legacy");
  }

  @Test
  void aDualStackServiceHasEachEndpointOnceInItsFirstFamily() {
    cluster.slices.add(slice("IPv4", "192.0.2.7", null, null, null));
    cluster.slices.add(slice("IPv6", "fd00::7", null, null, null));
    Service service = service(Map.of());
    service.getSpec().setIpFamilies(List.of("IPv6", "IPv4"));

    assertThat(read(service).service().orElseThrow().endpoints())
        .extracting(Endpoint::address)
        .containsExactly("fd00::7");
  }

  @Test
  void aPodThatIsNotKnownYetIsLeftOutUntilItIs() {
    EndpointSlice slice = slice("IPv4", "192.0.2.7", null, null, null);
    slice
        .getEndpoints()
        .getFirst()
        .setTargetRef(
            new ObjectReferenceBuilder()
                .withKind("Pod")
                .withNamespace("shop")
                .withName("orders-1")
                .withUid("uid-1")
                .build());
    cluster.slices.add(slice);

    assertThat(read(service(Map.of())).service().orElseThrow().endpoints()).isEmpty();
    cluster.pod = pod("uid-2");
    assertThat(read(service(Map.of())).service().orElseThrow().endpoints())
        .as("another pod of the same name")
        .isEmpty();
    cluster.pod = pod("uid-1");
    assertThat(read(service(Map.of())).service().orElseThrow().endpoints())
        .singleElement()
        .satisfies(it -> {
          assertThat(it.id()).isEqualTo("uid-1");
          assertThat(it.serviceAccount()).isEqualTo("default");
        });
  }

  private Exposure exposure(Map<String, String> annotations) {
    return read(service(annotations)).service().orElseThrow().exposure();
  }

  private boolean ready(
      @Nullable Boolean ready, @Nullable Boolean serving, @Nullable Boolean terminating) {
    cluster.slices.clear();
    cluster.slices.add(slice("IPv4", "192.0.2.7", ready, serving, terminating));
    return read(service(Map.of())).service().orElseThrow().endpoints().getFirst().ready();
  }

  private KubernetesView.Result read(Service service) {
    return view.read(service, _ -> Instant.EPOCH);
  }

  private static Service service(Map<String, String> annotations) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withName("orders")
        .withNamespace("shop")
        .withUid("uid-orders")
        .withAnnotations(annotations)
        .endMetadata()
        .withNewSpec()
        .addNewPort()
        .withName("http")
        .withPort(80)
        .endPort()
        .endSpec()
        .build();
  }

  private static EndpointSlice slice(
      String family,
      String address,
      @Nullable Boolean ready,
      @Nullable Boolean serving,
      @Nullable Boolean terminating) {
    return new EndpointSliceBuilder()
        .withNewMetadata()
        .withName("orders-" + family)
        .withNamespace("shop")
        .endMetadata()
        .withAddressType(family)
        .addNewEndpoint()
        .withAddresses(address)
        .withNewConditions(ready, serving, terminating)
        .endEndpoint()
        .build();
  }

  private static Pod pod(String uid) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("orders-1")
        .withNamespace("shop")
        .withUid(uid)
        .endMetadata()
        .withNewSpec()
        .endSpec()
        .build();
  }

  private static GenericKubernetesResource export(Map<String, String> annotations) {
    return new GenericKubernetesResourceBuilder()
        .withNewMetadata()
        .withName("orders")
        .withNamespace("shop")
        .withAnnotations(annotations)
        .endMetadata()
        .build();
  }

  private static Namespace namespace(Map<String, String> annotations) {
    return new NamespaceBuilder()
        .withNewMetadata()
        .withName("shop")
        .withAnnotations(annotations)
        .endMetadata()
        .build();
  }

  /** A cluster of one service. */
  private static final class Known implements Cluster {
    private final List<EndpointSlice> slices = new ArrayList<>();
    private @Nullable GenericKubernetesResource export;
    private @Nullable Namespace namespace;
    private @Nullable Pod pod;

    @Override
    public List<Service> services() {
      return List.of();
    }

    @Override
    public Optional<Service> service(String key) {
      return Optional.empty();
    }

    @Override
    public List<EndpointSlice> slices(String serviceKey) {
      return slices;
    }

    @Override
    public Optional<Pod> pod(String key) {
      return Optional.ofNullable(pod).filter(_ -> key.equals("shop/orders-1"));
    }

    @Override
    public Optional<Node> node(String name) {
      return Optional.empty();
    }

    @Override
    public Optional<Namespace> namespace(String name) {
      return Optional.ofNullable(namespace);
    }

    @Override
    public Optional<GenericKubernetesResource> export(String serviceKey) {
      return Optional.ofNullable(export).filter(_ -> serviceKey.equals("shop/orders"));
    }
  }
}
