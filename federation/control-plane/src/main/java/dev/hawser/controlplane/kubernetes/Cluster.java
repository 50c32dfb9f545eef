package dev.hawser.controlplane.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import java.util.Optional;

/**
 * What is known of the cluster's objects; keys of namespaced objects are {@code namespace/name}.
 */
interface Cluster {
  List<Service> services();

  Optional<Service> service(String key);

  /** Returns the slices of a service. */
  List<EndpointSlice> slices(String serviceKey);

  Optional<Pod> pod(String key);

  Optional<Node> node(String name);

  Optional<Namespace> namespace(String name);

  /** Returns the {@code ServiceExport} of a service, which has its name. */
  Optional<GenericKubernetesResource> export(String serviceKey);
}
