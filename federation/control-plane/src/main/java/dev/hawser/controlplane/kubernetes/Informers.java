package dev.hawser.controlplane.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One generation of informers: it is started once, lists everything, watches, and is thrown away
 * when its watches were broken, so that the next generation lists everything anew. Thread-safe.
 */
final class Informers implements Cluster, AutoCloseable {
  static final String EXPORT_API = "multicluster.x-k8s.io/v1alpha1";
  static final String EXPORT_KIND = "ServiceExport";

  /** Pages, so that the first list is what etcd holds and not what a cache once held. */
  private static final long PAGE = 500;

  private static final String BY_SERVICE = "service";
  private static final String BY_POD = "pod";
  private static final String SERVICE_LABEL = "kubernetes.io/service-name";
  private static final ResourceDefinitionContext EXPORTS =
      new ResourceDefinitionContext.Builder()
          .withGroup("multicluster.x-k8s.io")
          .withVersion("v1alpha1")
          .withKind(EXPORT_KIND)
          .withPlural("serviceexports")
          .withNamespaced(true)
          .build();

  private final KubernetesClient client;
  private final Changes changes;
  private final SharedIndexInformer<Service> services;
  private final SharedIndexInformer<EndpointSlice> slices;
  private final SharedIndexInformer<Pod> pods;
  private final SharedIndexInformer<Node> nodes;
  private final SharedIndexInformer<Namespace> namespaces;
  private final List<SharedIndexInformer<?>> always;
  private volatile @Nullable SharedIndexInformer<GenericKubernetesResource> exports;

  /** What an informer tells. Calls come from many threads. */
  interface Changes {
    /** Something about one service changed. */
    void service(String key);

    /** Something changed that may concern every service. */
    void everything();

    /** Objects were missing from a new list: nobody saw them being deleted. */
    void relisted();

    /** A list or watch failed and will be tried again. */
    void failed(String what, Throwable failure);
  }

  Informers(KubernetesClient client, Changes changes) {
    this.client = client;
    this.changes = changes;
    this.services = informer("services", client.services().inAnyNamespace());
    this.slices =
        informer("endpointslices", client.discovery().v1().endpointSlices().inAnyNamespace());
    this.pods = informer("pods", client.pods().inAnyNamespace());
    this.nodes = informer("nodes", client.nodes());
    this.namespaces = informer("namespaces", client.namespaces());
    this.always = List.of(services, slices, pods, nodes, namespaces);
    slices.addIndexers(Map.of(BY_SERVICE, Informers::serviceOf, BY_POD, Informers::podsOf));
    services.addEventHandler(
        new Events<>(changes, (_, _) -> true, it -> changes.service(KubernetesView.key(it))));
    slices.addEventHandler(
        new Events<>(changes, (_, _) -> true, it -> serviceOf(it).forEach(changes::service)));
    pods.addEventHandler(new Events<>(changes, Relevant::pod, this::podChanged));
    nodes.addEventHandler(new Events<>(changes, Relevant::node, _ -> changes.everything()));
    namespaces.addEventHandler(
        new Events<>(changes, Relevant::namespace, _ -> changes.everything()));
  }

  /**
   * Starts to list and watch; returns at once.
   *
   * @param withExports whether the cluster knows the kind {@code ServiceExport}
   */
  void start(boolean withExports) {
    for (SharedIndexInformer<?> informer : always) {
      var _ = informer.start();
    }
    if (withExports) {
      startExports();
    }
  }

  /** Begins to watch exports, once their kind has appeared. */
  void startExports() {
    if (exports != null) {
      return;
    }
    SharedIndexInformer<GenericKubernetesResource> informer =
        informer("serviceexports", client.genericKubernetesResources(EXPORTS).inAnyNamespace());
    informer.addEventHandler(
        new Events<>(changes, (_, _) -> true, it -> changes.service(KubernetesView.key(it))));
    exports = informer;
    var _ = informer.start();
  }

  boolean watchesExports() {
    return exports != null;
  }

  /** Whether there is any export. */
  boolean hasExports() {
    SharedIndexInformer<GenericKubernetesResource> informer = exports;
    return informer != null && !informer.getIndexer().listKeys().isEmpty();
  }

  /** Whether everything was listed. */
  boolean isSynced() {
    return all().stream().allMatch(SharedIndexInformer::hasSynced);
  }

  /** Whether every watch is open. */
  boolean isWatching() {
    return all().stream().allMatch(SharedIndexInformer::isWatching);
  }

  @Override
  public List<Service> services() {
    return services.getIndexer().list();
  }

  @Override
  public Optional<Service> service(String key) {
    return Optional.ofNullable(services.getIndexer().getByKey(key));
  }

  @Override
  public List<EndpointSlice> slices(String serviceKey) {
    return slices.getIndexer().byIndex(BY_SERVICE, serviceKey);
  }

  @Override
  public Optional<Pod> pod(String key) {
    return Optional.ofNullable(pods.getIndexer().getByKey(key));
  }

  @Override
  public Optional<Node> node(String name) {
    return Optional.ofNullable(nodes.getIndexer().getByKey(name));
  }

  @Override
  public Optional<Namespace> namespace(String name) {
    return Optional.ofNullable(namespaces.getIndexer().getByKey(name));
  }

  @Override
  public Optional<GenericKubernetesResource> export(String serviceKey) {
    SharedIndexInformer<GenericKubernetesResource> informer = exports;
    return informer == null
        ? Optional.empty()
        : Optional.ofNullable(informer.getIndexer().getByKey(serviceKey));
  }

  @Override
  public void close() {
    all().forEach(SharedIndexInformer::stop);
  }

  private List<SharedIndexInformer<?>> all() {
    List<SharedIndexInformer<?>> all = new ArrayList<>(always);
    SharedIndexInformer<?> more = exports;
    if (more != null) {
      all.add(more);
    }
    return all;
  }

  private void podChanged(Pod pod) {
    slices
        .getIndexer()
        .byIndex(BY_POD, KubernetesView.key(pod))
        .forEach(slice -> serviceOf(slice).forEach(changes::service));
  }

  private <T extends HasMetadata> SharedIndexInformer<T> informer(
      String what, Informable<T> resources) {
    SharedIndexInformer<T> informer = resources.withLimit(PAGE).runnableInformer(0);
    informer.exceptionHandler((_, failure) -> {
      changes.failed(what, failure);
      return true;
    });
    return informer;
  }

  private static List<String> serviceOf(EndpointSlice slice) {
    @Nullable Map<String, String> labels = slice.getMetadata().getLabels();
    String service = labels == null ? null : labels.get(SERVICE_LABEL);
    return service == null
        ? List.of()
        : List.of(slice.getMetadata().getNamespace() + "/" + service);
  }

  /** A slice that has lost its last endpoint has no list at all. */
  static List<Endpoint> endpointsOf(EndpointSlice slice) {
    @Nullable List<Endpoint> endpoints = slice.getEndpoints();
    return endpoints == null ? List.of() : endpoints;
  }

  private static List<String> podsOf(EndpointSlice slice) {
    List<String> pods = new ArrayList<>();
    for (var endpoint : endpointsOf(slice)) {
      var target = endpoint.getTargetRef();
      if (target != null && "Pod".equals(target.getKind())) {
        String namespace =
            target.getNamespace() == null
                ? slice.getMetadata().getNamespace()
                : target.getNamespace();
        pods.add(namespace + "/" + target.getName());
      }
    }
    return pods;
  }
}
