package dev.hawser.controlplane.kubernetes;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.Provenance;
import dev.hawser.api.model.ServicePort;
import dev.hawser.controlplane.registry.Literals;
import dev.hawser.controlplane.registry.Rejected;
import dev.hawser.controlplane.registry.Site;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The endpoints of one service, from its slices. */
final class SliceEndpoints {
  private static final String REGION = "topology.kubernetes.io/region";
  private static final String ZONE = "topology.kubernetes.io/zone";
  private static final String SUBZONE = "topology.istio.io/subzone";

  private final Cluster cluster;
  private final Site site;
  private final Service service;
  private final Map<String, ServicePort> ports;
  private final String podlessAccount;

  /**
   * @param ports of the service by their name in slices
   * @param podlessAccount identity of addresses that no pod stands behind
   */
  SliceEndpoints(
      Cluster cluster,
      Site site,
      Service service,
      Map<String, ServicePort> ports,
      String podlessAccount) {
    this.cluster = cluster;
    this.site = site;
    this.service = service;
    this.ports = ports;
    this.podlessAccount = podlessAccount;
  }

  List<Endpoint> read(String item, Function<String, Instant> since, List<Rejected> rejected) {
    Map<String, Endpoint> endpoints = new TreeMap<>();
    String family = family();
    for (EndpointSlice slice : cluster.slices(KubernetesView.key(service))) {
      // A pod of a dual-stack service is in a slice of each family, and is one endpoint.
      if (!family.isEmpty() && !family.equals(slice.getAddressType())) {
        continue;
      }
      for (var endpoint : Informers.endpointsOf(slice)) {
        try {
          read(slice, endpoint, since).ifPresent(it -> endpoints.putIfAbsent(it.id(), it));
        } catch (IllegalArgumentException wrong) {
          rejected.add(
              new Rejected(
                  item + " slice " + slice.getMetadata().getName(),
                  String.valueOf(wrong.getMessage())));
        }
      }
    }
    return List.copyOf(endpoints.values());
  }

  private Optional<Endpoint> read(
      EndpointSlice slice,
      io.fabric8.kubernetes.api.model.discovery.v1.Endpoint endpoint,
      Function<String, Instant> since) {
    String address =
        Literals.requireAddress(
            "endpoints.addresses",
            Optional.ofNullable(endpoint.getAddresses()).stream()
                .flatMap(List::stream)
                .findFirst()
                .orElse(""));
    ObjectReference target = endpoint.getTargetRef();
    if (target != null && "Pod".equals(target.getKind())) {
      // Without the pod nobody knows its identity; its own event brings the endpoint in.
      return pod(target).map(pod -> ofPod(slice, endpoint, pod, address, since));
    }
    String id = service.getMetadata().getUid() + "/" + address;
    String owner = "EndpointSlice " + slice.getMetadata().getName();
    String account =
        Literals.requireServiceAccount(
            "annotation " + KubernetesView.SERVICE_ACCOUNT, podlessAccount);
    return Optional.of(
        endpoint(slice, endpoint, id, address, account, Map.of(), owner, since.apply(id)));
  }

  private Endpoint ofPod(
      EndpointSlice slice,
      io.fabric8.kubernetes.api.model.discovery.v1.Endpoint endpoint,
      Pod pod,
      String address,
      Function<String, Instant> since) {
    String uid = pod.getMetadata().getUid();
    String account =
        Optional.ofNullable(pod.getSpec().getServiceAccountName())
            .filter(name -> !name.isEmpty())
            .orElse("default");
    Map<String, String> labels =
        Optional.ofNullable(pod.getMetadata().getLabels()).orElse(Map.of());
    String owner = pod.getMetadata().getName();
    return endpoint(slice, endpoint, uid, address, account, labels, owner, since.apply(uid));
  }

  private Endpoint endpoint(
      EndpointSlice slice,
      io.fabric8.kubernetes.api.model.discovery.v1.Endpoint endpoint,
      String id,
      String address,
      String account,
      Map<String, String> labels,
      String owner,
      Instant since) {
    return new Endpoint(
        id,
        address,
        targetPorts(slice),
        site.network(),
        locality(endpoint),
        isReady(endpoint.getConditions()),
        account,
        1,
        labels,
        new Provenance(
            Provenance.Registry.KUBERNETES,
            KubernetesRegistry.SOURCE,
            site.cluster(),
            owner,
            since));
  }

  private Optional<Pod> pod(ObjectReference target) {
    String namespace =
        Optional.ofNullable(target.getNamespace()).orElse(service.getMetadata().getNamespace());
    return cluster
        .pod(namespace + "/" + target.getName())
        .filter(
            pod -> target.getUid() == null || target.getUid().equals(pod.getMetadata().getUid()));
  }

  private Map<Integer, Integer> targetPorts(EndpointSlice slice) {
    Map<Integer, Integer> targets = new HashMap<>();
    for (EndpointPort port : Optional.ofNullable(slice.getPorts()).orElse(List.of())) {
      ServicePort own = ports.get(port.getName() == null ? "" : port.getName());
      if (own != null && port.getPort() != null && port.getPort() != own.number()) {
        targets.put(own.number(), port.getPort());
      }
    }
    return targets;
  }

  private Locality locality(io.fabric8.kubernetes.api.model.discovery.v1.Endpoint endpoint) {
    Map<String, String> labels =
        Optional.ofNullable(endpoint.getNodeName())
            .flatMap(cluster::node)
            .map(node -> node.getMetadata().getLabels())
            .orElse(Map.of());
    String region = labels.getOrDefault(REGION, "");
    String zone = labels.getOrDefault(ZONE, text(endpoint.getZone()));
    if (region.isEmpty() && zone.isEmpty()) {
      return site.locality();
    }
    return new Locality(
        region.isEmpty() ? site.locality().region() : region,
        zone,
        labels.getOrDefault(SUBZONE, ""));
  }

  /** Unset means yes for ready and serving, and no for terminating, as the API says. */
  private static boolean isReady(@Nullable EndpointConditions conditions) {
    return conditions == null
        || (!Boolean.FALSE.equals(conditions.getReady())
            && !Boolean.FALSE.equals(conditions.getServing())
            && !Boolean.TRUE.equals(conditions.getTerminating()));
  }

  /** The address type of the service's first family; empty for one that names none. */
  private String family() {
    List<String> families = service.getSpec().getIpFamilies();
    return families == null || families.isEmpty() ? "" : families.getFirst();
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
