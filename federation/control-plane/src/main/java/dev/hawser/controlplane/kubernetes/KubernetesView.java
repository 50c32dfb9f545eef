package dev.hawser.controlplane.kubernetes;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.registry.Rejected;
import dev.hawser.controlplane.registry.Site;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a Kubernetes Service, its slices and its pods mean as a service.
 *
 * <ul>
 *   <li>A port's protocol is its {@code appProtocol}, else its name up to the first dash, else tcp;
 *       ports that are not TCP are left out.
 *   <li>It is exported by the annotation {@code hawser.dev/export}; without one, by a {@code
 *       ServiceExport} of its name (which may carry the same annotation to name clusters); without
 *       either, by the annotation on its namespace. An annotation that cannot be read exports
 *       nothing.
 *   <li>An endpoint is ready when its slice says ready and serving, and not terminating. Its
 *       identity is the pod's service account; an address without a pod has the one in the
 *       service's annotation {@code hawser.dev/service-account}, else the service's name.
 *   <li>Locality comes from the node's labels, else the slice's zone, else the control plane's own.
 * </ul>
 *
 * <p>Services in {@code kube-*} namespaces and {@code kubernetes.default} are not reported at all.
 */
final class KubernetesView {
  static final String EXPORT = "hawser.dev/export";
  static final String SERVICE_ACCOUNT = "hawser.dev/service-account";
  private static final String NO_ADDRESS = "None";

  private final Cluster cluster;
  private final Site site;

  /**
   * A service with what could not be taken of it.
   *
   * @param service empty if nothing could, or if it is not to be reported
   */
  record Result(Optional<dev.hawser.api.model.Service> service, List<Rejected> rejected) {
    static final Result NOTHING = new Result(Optional.empty(), List.of());

    Result {
      rejected = List.copyOf(rejected);
    }
  }

  KubernetesView(Cluster cluster, Site site) {
    this.cluster = cluster;
    this.site = site;
  }

  /**
   * Reads one service.
   *
   * @param since when an endpoint was first seen, by its id
   */
  Result read(Service service, Function<String, Instant> since) {
    String namespace = service.getMetadata().getNamespace();
    String item = "Service " + namespace + "/" + service.getMetadata().getName();
    List<Rejected> rejected = new ArrayList<>();
    try {
      ServiceName name = new ServiceName(service.getMetadata().getName(), namespace);
      if (name.isClusterInternal()) {
        return Result.NOTHING;
      }
      if ("ExternalName".equals(service.getSpec().getType())) {
        throw new IllegalArgumentException(
            "type: ExternalName (expected: a service with endpoints of its own)");
      }
      Map<String, ServicePort> ports = ports(service, item, rejected);
      String account = annotation(service, SERVICE_ACCOUNT).orElse(name.name());
      List<Endpoint> endpoints =
          new SliceEndpoints(cluster, site, service, ports, account).read(item, since, rejected);
      return new Result(
          Optional.of(
              new dev.hawser.api.model.Service(
                  name,
                  List.copyOf(ports.values()),
                  endpoints,
                  addresses(service),
                  exposure(service, item, rejected),
                  created(service))),
          rejected);
    } catch (IllegalArgumentException wrong) {
      rejected.add(new Rejected(item, String.valueOf(wrong.getMessage())));
      return new Result(Optional.empty(), rejected);
    }
  }

  /** Returns the TCP ports by their name in slices. */
  private static Map<String, ServicePort> ports(
      Service service, String item, List<Rejected> rejected) {
    Map<String, ServicePort> ports = new LinkedHashMap<>();
    for (io.fabric8.kubernetes.api.model.ServicePort port :
        Optional.ofNullable(service.getSpec().getPorts()).orElse(List.of())) {
      String name = port.getName() == null ? "" : port.getName();
      if (port.getProtocol() != null && !port.getProtocol().equals("TCP")) {
        rejected.add(
            new Rejected(
                item + " port " + port.getPort(),
                "protocol: " + port.getProtocol() + " (expected: TCP)"));
        continue;
      }
      ports.put(name, new ServicePort(name, port.getPort(), protocol(port, name)));
    }
    if (ports.isEmpty()) {
      throw new IllegalArgumentException(
          "spec.ports: no TCP port (expected: at least one; the mesh calls a service by port)");
    }
    return ports;
  }

  private static Protocol protocol(io.fabric8.kubernetes.api.model.ServicePort port, String name) {
    if (port.getAppProtocol() != null) {
      return Protocol.byName(port.getAppProtocol()).orElse(Protocol.TCP);
    }
    return Protocol.byPortName(name.toLowerCase(Locale.ROOT)).orElse(Protocol.TCP);
  }

  private static List<String> addresses(Service service) {
    List<String> addresses = service.getSpec().getClusterIPs();
    if (addresses == null || addresses.isEmpty()) {
      String one = service.getSpec().getClusterIP();
      addresses = one == null || one.isEmpty() ? List.of() : List.of(one);
    }
    return addresses.stream().filter(address -> !address.equals(NO_ADDRESS)).toList();
  }

  private Exposure exposure(Service service, String item, List<Rejected> rejected) {
    String key = key(service);
    Optional<String> own = annotation(service, EXPORT);
    if (own.isPresent()) {
      return parse(own.get(), item + " annotation " + EXPORT, rejected);
    }
    Optional<? extends HasMetadata> export = cluster.export(key);
    if (export.isPresent()) {
      return annotation(export.get(), EXPORT)
          .map(value -> parse(value, "ServiceExport " + key + " annotation " + EXPORT, rejected))
          .orElse(Exposure.everyone());
    }
    return cluster
        .namespace(service.getMetadata().getNamespace())
        .flatMap(namespace -> annotation(namespace, EXPORT))
        .map(value -> parse(value, item + " annotation " + EXPORT + " of its namespace", rejected))
        .orElse(Exposure.hidden());
  }

  private static Exposure parse(String value, String item, List<Rejected> rejected) {
    try {
      return Exposure.parse(value);
    } catch (IllegalArgumentException wrong) {
      rejected.add(new Rejected(item, wrong.getMessage() + "; not exported"));
      return Exposure.hidden();
    }
  }

  private static Instant created(Service service) {
    String text = service.getMetadata().getCreationTimestamp();
    try {
      return text == null ? Instant.EPOCH : Instant.parse(text);
    } catch (DateTimeException malformed) {
      throw new IllegalArgumentException(
          "metadata.creationTimestamp: '" + text + "' (expected: an instant)", malformed);
    }
  }

  static Optional<String> annotation(HasMetadata object, String name) {
    @Nullable Map<String, String> annotations = object.getMetadata().getAnnotations();
    return annotations == null ? Optional.empty() : Optional.ofNullable(annotations.get(name));
  }

  /** Returns {@code namespace/name}. */
  static String key(HasMetadata object) {
    return object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
  }
}
