package dev.hawser.controlplane.consul;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.Provenance;
import dev.hawser.api.model.Service;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.registry.FirstSeen;
import dev.hawser.controlplane.registry.Literals;
import dev.hawser.controlplane.registry.Rejected;
import dev.hawser.controlplane.registry.Site;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What instances in Consul mean as services. Their meta says what Consul has no word for:
 *
 * <ul>
 *   <li>{@code hawser-namespace}: else the configured default
 *   <li>{@code hawser-export}: as the annotation {@code hawser.dev/export}; instances that disagree
 *       allow what all of them allow
 *   <li>{@code hawser-service-account}: else the service's name
 *   <li>{@code hawser-protocol}: else http
 *   <li>{@code hawser-port}: the port of the service, where instances listen on ports of their own;
 *       else the one that most instances have, the lowest of several
 *   <li>{@code hawser-locality}: {@code region/zone/subzone}, also as a node's meta; else the
 *       control plane's own
 * </ul>
 *
 * <p>An instance that cannot be taken is rejected alone. All other meta are the endpoint's labels.
 */
final class ConsulView {
  private static final String PREFIX = "hawser-";
  private static final String NAMESPACE = "hawser-namespace";
  private static final String EXPORT = "hawser-export";
  private static final String SERVICE_ACCOUNT = "hawser-service-account";
  private static final String PROTOCOL = "hawser-protocol";
  private static final String PORT = "hawser-port";
  private static final String LOCALITY = "hawser-locality";

  private final String source;
  private final String namespace;
  private final Site site;
  private final FirstSeen firstSeen;

  private final Map<ServiceName, List<Entry>> services = new TreeMap<>();
  private final List<Rejected> rejected = new ArrayList<>();

  /** An instance that can be taken. */
  private record Entry(
      Instance instance,
      String address,
      String serviceAccount,
      Exposure exposure,
      Protocol protocol,
      int wantedPort,
      Locality locality) {}

  ConsulView(String source, String namespace, Site site, FirstSeen firstSeen) {
    this.source = source;
    this.namespace = namespace;
    this.site = site;
    this.firstSeen = firstSeen;
  }

  /** Adds the instances of one service. */
  void add(Collection<Instance> instances) {
    instances.stream().sorted(Instance.ORDER).forEach(this::addOne);
  }

  void reject(String item, String reason) {
    rejected.add(new Rejected(item, reason));
  }

  List<Rejected> rejected() {
    return List.copyOf(rejected);
  }

  /**
   * Returns the services of what was added.
   *
   * @param healthy whether an instance is ready
   */
  List<Service> services(Predicate<Instance> healthy) {
    List<Service> all = new ArrayList<>();
    services.forEach((name, entries) -> all.add(service(name, entries, healthy)));
    return all;
  }

  private void addOne(Instance instance) {
    try {
      Map<String, String> meta = instance.meta();
      ServiceName name =
          new ServiceName(instance.service(), meta.getOrDefault(NAMESPACE, namespace));
      if (instance.port() < 1 || instance.port() > 65_535) {
        throw new IllegalArgumentException(
            "port: " + instance.port() + " (expected: 1-65535; the mesh calls a service by port)");
      }
      String account = meta.getOrDefault(SERVICE_ACCOUNT, instance.service());
      String protocol = meta.getOrDefault(PROTOCOL, "http");
      Entry entry =
          new Entry(
              instance,
              Literals.requireAddress("address", instance.address()),
              Literals.requireServiceAccount("meta " + SERVICE_ACCOUNT, account),
              exposure(instance),
              Protocol.byName(protocol)
                  .orElseThrow(() ->
                      new IllegalArgumentException(
                          "meta "
                              + PROTOCOL
                              + ": '"
                              + protocol
                              + "' (expected: http, http2, grpc, tcp or tls)")),
              port(meta),
              locality(instance));
      services.computeIfAbsent(name, _ -> new ArrayList<>()).add(entry);
    } catch (IllegalArgumentException wrong) {
      reject(item(instance), String.valueOf(wrong.getMessage()));
    }
  }

  private Service service(ServiceName name, List<Entry> entries, Predicate<Instance> healthy) {
    int port = port(entries);
    Protocol protocol = entries.getFirst().protocol();
    Exposure exposure = entries.getFirst().exposure();
    List<Endpoint> endpoints = new ArrayList<>();
    for (Entry entry : entries) {
      exposure = exposure.and(entry.exposure());
      if (entry.protocol() != protocol) {
        reject(
            item(entry.instance()),
            "meta "
                + PROTOCOL
                + ": '"
                + entry.protocol().wireName()
                + "' (expected: '"
                + protocol.wireName()
                + "', as the first instance of "
                + name
                + " says)");
        continue;
      }
      endpoints.add(endpoint(entry, port, healthy));
    }
    return new Service(
        name,
        List.of(new ServicePort("", port, protocol)),
        endpoints,
        List.of(),
        exposure,
        firstSeen.since("service " + name));
  }

  private Endpoint endpoint(Entry entry, int port, Predicate<Instance> healthy) {
    Instance instance = entry.instance();
    Map<String, String> labels = new TreeMap<>(instance.meta());
    labels.keySet().removeIf(key -> key.startsWith(PREFIX));
    return new Endpoint(
        instance.key(),
        entry.address(),
        instance.port() == port ? Map.of() : Map.of(port, instance.port()),
        site.network(),
        entry.locality(),
        healthy.test(instance),
        entry.serviceAccount(),
        instance.isWarning() ? instance.warningWeight() : instance.passingWeight(),
        labels,
        new Provenance(
            Provenance.Registry.CONSUL,
            source,
            site.cluster(),
            instance.node(),
            firstSeen.since(instance.key())));
  }

  private static int port(List<Entry> entries) {
    Map<Integer, Integer> votes = new TreeMap<>();
    for (Entry entry : entries) {
      if (entry.wantedPort() > 0) {
        return entry.wantedPort();
      }
      votes.merge(entry.instance().port(), 1, Integer::sum);
    }
    int best = entries.getFirst().instance().port();
    int most = 0;
    for (Map.Entry<Integer, Integer> vote : votes.entrySet()) {
      if (vote.getValue() > most) {
        best = vote.getKey();
        most = vote.getValue();
      }
    }
    return best;
  }

  private static int port(Map<String, String> meta) {
    String text = meta.get(PORT);
    if (text == null) {
      return 0;
    }
    try {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException malformed) {
      throw new IllegalArgumentException(
          "meta " + PORT + ": '" + text + "' (expected: 1-65535)", malformed);
    }
    throw new IllegalArgumentException("meta " + PORT + ": '" + text + "' (expected: 1-65535)");
  }

  /** An export that cannot be read allows nothing, and does not take the instance itself away. */
  private Exposure exposure(Instance instance) {
    String text = instance.meta().get(EXPORT);
    try {
      return text == null ? Exposure.hidden() : Exposure.parse(text);
    } catch (IllegalArgumentException wrong) {
      reject(item(instance), "meta " + EXPORT + ": " + wrong.getMessage() + "; not exported");
      return Exposure.hidden();
    }
  }

  private Locality locality(Instance instance) {
    String text = instance.meta().get(LOCALITY);
    if (text == null) {
      text = instance.nodeMeta().get(LOCALITY);
    }
    return text == null || text.isBlank() ? site.locality() : Locality.parse(text);
  }

  private static String item(Instance instance) {
    return "Consul service " + instance.service() + " on " + instance.key();
  }
}
