package dev.hawser.controlplane.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hawser.api.naming.MeshHost;
import dev.hawser.api.naming.ServiceName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads a document as a policy, or says all that is wrong with it. Pure.
 *
 * <p>Accepted are Istio's {@code DestinationRule} and {@code VirtualService} of {@code
 * networking.istio.io}, with the fields that the mesh carries out.
 */
public final class PolicyReader {
  static final String DESTINATION_RULE = "DestinationRule";
  static final String VIRTUAL_SERVICE = "VirtualService";
  private static final List<String> VERSIONS =
      List.of(
          "networking.istio.io/v1", "networking.istio.io/v1beta1", "networking.istio.io/v1alpha3");
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final int MAX_NAME = 100;
  private static final String DEFAULT_NAMESPACE = "default";

  private final String consulNamespace;

  /**
   * Makes a reader.
   *
   * @param consulNamespace the namespace that a host {@code X.service.consul} means
   */
  public PolicyReader(String consulNamespace) {
    this.consulNamespace = consulNamespace;
  }

  /** What became of a document. */
  public sealed interface Read {
    /** It is a policy. */
    record Accepted(Policy policy) implements Read {}

    /**
     * It is none.
     *
     * @param kind as far as it could be read; may be empty, like namespace and name
     * @param problems at least one, each with the field's path
     */
    record Refused(String kind, String namespace, String name, List<String> problems)
        implements Read {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * Reads a document.
   *
   * @param created when the policy was first applied
   */
  public Read read(JsonNode document, Instant created) {
    Problems problems = new Problems();
    Section top = new Section("", document, problems);
    String kind = top.requiredText("kind");
    String version = top.requiredText("apiVersion");
    Optional<Section> metadata = top.section("metadata");
    String name = metadata.map(found -> found.requiredText("name")).orElse("");
    String namespace = metadata.flatMap(found -> found.text("namespace")).orElse(DEFAULT_NAMESPACE);
    if (!isKnown(kind, version, problems)) {
      return new Read.Refused(kind, namespace, name, problems.all());
    }
    checkMetadata(metadata, name, namespace, problems);
    // What the API server of a cluster adds when the document was taken from there.
    top.has("status");
    Optional<Section> spec = top.section("spec");
    if (spec.isEmpty()) {
      problems.note("spec: missing (expected: an object)");
    }
    top.end();
    if (!problems.isEmpty()) {
      spec.ifPresent(found -> read(kind, found, namespace, name, created, document));
      return new Read.Refused(kind, namespace, name, problems.all());
    }
    Policy policy = read(kind, spec.orElseThrow(), namespace, name, created, document);
    return problems.isEmpty()
        ? new Read.Accepted(policy)
        : new Read.Refused(kind, namespace, name, problems.all());
  }

  private Policy read(
      String kind,
      Section spec,
      String namespace,
      String name,
      Instant created,
      JsonNode document) {
    PolicyKey key = new PolicyKey(kind, namespace, name);
    String text = Documents.canonical(document);
    Hosts hosts = new Hosts(namespace, consulNamespace);
    return kind.equals(DESTINATION_RULE)
        ? DestinationRuleReader.read(spec, key, created, text, hosts)
        : VirtualServiceReader.read(spec, key, created, text, hosts);
  }

  private static boolean isKnown(String kind, String version, Problems problems) {
    if (version.startsWith("hawser.dev/") && kind.equals("Service")) {
      problems.note(
          "kind: 'Service' (expected: DestinationRule or VirtualService; a service of the file"
              + " registry is a file in the directory hawser.registry.file.directory, and is read"
              + " from there as soon as it is written)");
      return false;
    }
    if (!kind.equals(DESTINATION_RULE) && !kind.equals(VIRTUAL_SERVICE)) {
      if (!kind.isEmpty()) {
        problems.note("kind: '" + kind + "' (expected: DestinationRule or VirtualService)");
      }
      return false;
    }
    if (!VERSIONS.contains(version)) {
      problems.note(
          "apiVersion: '" + version + "' (expected: " + String.join(", ", VERSIONS) + ")");
      return false;
    }
    return true;
  }

  private static void checkMetadata(
      Optional<Section> metadata, String name, String namespace, Problems problems) {
    if (metadata.isEmpty()) {
      problems.note("metadata: missing (expected: an object with a name)");
      return;
    }
    for (String field :
        List.of(
            "labels",
            "annotations",
            "uid",
            "resourceVersion",
            "generation",
            "creationTimestamp",
            "managedFields")) {
      metadata.get().has(field);
    }
    metadata.get().end();
    if (!name.isEmpty()) {
      checkName("metadata.name", name, problems);
    }
    checkName("metadata.namespace", namespace, problems);
  }

  private static void checkName(String path, String value, Problems problems) {
    if (value.length() > MAX_NAME || !NAME.matcher(value).matches()) {
      problems.note(
          path
              + ": '"
              + value
              + "' (expected: at most "
              + MAX_NAME
              + " of a-z, 0-9, '-' and '.', each part beginning and ending with a letter or"
              + " digit)");
    }
  }

  /** How the hosts of a document are read: from its own namespace. */
  record Hosts(String namespace, String consulNamespace) {
    private static final ServiceName UNKNOWN = new ServiceName("unknown", "unknown");

    /** Returns the service; notes a problem and returns some other one if it is none. */
    ServiceName resolve(String path, String host, Problems problems) {
      Optional<ServiceName> service = MeshHost.resolve(host, namespace, consulNamespace);
      if (service.isEmpty()) {
        problems.note(
            path
                + ": '"
                + host
                + "' (expected: a service of the mesh, e.g. orders, orders.shop or"
                + " orders.shop.svc.cluster.local)");
      }
      return service.orElse(UNKNOWN);
    }
  }
}
