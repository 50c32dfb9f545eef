package dev.hawser.controlplane.kubernetes.state;

import dev.hawser.controlplane.state.StaleVersionException;
import dev.hawser.controlplane.state.StateKeys;
import dev.hawser.controlplane.state.StateKind;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.state.StateUnavailableException;
import dev.hawser.controlplane.state.StoredDocument;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Documents as Kubernetes objects in one namespace, compared and set by {@code resourceVersion}, so
 * several replicas of a control plane may share them. Durability and agreement are the API
 * server's.
 *
 * <p>An object whose content was edited into something else is reported and left where it is; it
 * counts as absent, but its name is taken, so a create of the same key is refused until somebody
 * removes it.
 */
public final class KubernetesStateStore implements StateStore {
  private static final Logger LOG = LoggerFactory.getLogger(KubernetesStateStore.class);

  private final KubernetesClient client;
  private final String namespace;

  /** By object name; a listing refreshes it. */
  private final Map<String, Damaged> damaged = new LinkedHashMap<>();

  /**
   * Uses the client, which stays the caller's to close.
   *
   * @param namespace where the objects lie; it exists
   */
  public KubernetesStateStore(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  @Override
  public Optional<StoredDocument> get(StateKind kind, String key) {
    String name = StateObject.name(kind, StateKeys.require(key));
    @Nullable HasMetadata found = call("read " + name, () -> fetch(kind, name));
    return found == null ? Optional.empty() : read(kind, found);
  }

  @Override
  public List<StoredDocument> list(StateKind kind) {
    List<? extends HasMetadata> objects = call("list " + kind.label(), () -> fetchAll(kind));
    List<StoredDocument> documents = new ArrayList<>();
    for (HasMetadata object : objects) {
      read(kind, object).ifPresent(documents::add);
    }
    documents.sort(Comparator.comparing(StoredDocument::key));
    return List.copyOf(documents);
  }

  @Override
  public StoredDocument put(StateKind kind, String key, byte[] content, String expectedVersion)
      throws StaleVersionException {
    StateKeys.requireFits(kind, key, content);
    boolean create = expectedVersion.equals(ABSENT);
    HasMetadata object =
        StateObject.of(kind, StateKeys.require(key), content, create ? null : expectedVersion);
    try {
      var resource = client.resource(object).inNamespace(namespace);
      HasMetadata stored = create ? resource.create() : resource.update();
      return new StoredDocument(key, content, stored.getMetadata().getResourceVersion());
    } catch (KubernetesClientException e) {
      boolean missing = e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
      if (isStale(e) && !(create && missing)) {
        throw stale(kind, key, expectedVersion);
      }
      throw unavailable("write " + object.getMetadata().getName(), e);
    }
  }

  @Override
  public void delete(StateKind kind, String key, String expectedVersion)
      throws StaleVersionException {
    HasMetadata object = StateObject.of(kind, StateKeys.require(key), new byte[0], null);
    try {
      var gone =
          client
              .resource(object)
              .inNamespace(namespace)
              .lockResourceVersion(expectedVersion)
              .delete();
      if (gone.isEmpty()) {
        throw stale(kind, key, expectedVersion);
      }
    } catch (KubernetesClientException e) {
      if (isStale(e)) {
        throw stale(kind, key, expectedVersion);
      }
      throw unavailable("delete " + object.getMetadata().getName(), e);
    }
  }

  @Override
  public List<Damaged> damaged() {
    synchronized (damaged) {
      return List.copyOf(damaged.values());
    }
  }

  @Override
  public void close() {
    // Nothing is held between calls, and the client is the caller's.
  }

  private @Nullable HasMetadata fetch(StateKind kind, String name) {
    return kind.isSecret()
        ? client.secrets().inNamespace(namespace).withName(name).get()
        : client.configMaps().inNamespace(namespace).withName(name).get();
  }

  private List<? extends HasMetadata> fetchAll(StateKind kind) {
    String label = StateObject.KIND_LABEL;
    return kind.isSecret()
        ? client.secrets().inNamespace(namespace).withLabel(label, kind.label()).list().getItems()
        : client
            .configMaps()
            .inNamespace(namespace)
            .withLabel(label, kind.label())
            .list()
            .getItems();
  }

  private Optional<StoredDocument> read(StateKind kind, HasMetadata object) {
    String name = object.getMetadata().getName();
    Optional<StoredDocument> document = StateObject.document(object);
    synchronized (damaged) {
      if (document.isPresent()) {
        damaged.remove(name);
      } else if (!damaged.containsKey(name)) {
        String where = object.getKind() + " " + namespace + "/" + name;
        damaged.put(name, new Damaged(kind, where, "its annotations do not match its content"));
        LOG.error("A state document is damaged. object={}", where);
      }
    }
    return document;
  }

  private StaleVersionException stale(StateKind kind, String key, String expected) {
    String name = StateObject.name(kind, key);
    @Nullable HasMetadata now = call("read " + name, () -> fetch(kind, name));
    if (now != null && read(kind, now).isEmpty()) {
      throw new StateUnavailableException(
          now.getKind() + " " + namespace + "/" + name + " is damaged; remove it to go on");
    }
    String found = now == null ? ABSENT : now.getMetadata().getResourceVersion();
    return new StaleVersionException(kind, key, expected, found);
  }

  private static boolean isStale(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_CONFLICT
        || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
  }

  private interface Call<T extends @Nullable Object> {
    T run();
  }

  private <T extends @Nullable Object> T call(String what, Call<T> call) {
    try {
      return call.run();
    } catch (KubernetesClientException e) {
      throw unavailable(what, e);
    }
  }

  private StateUnavailableException unavailable(String what, KubernetesClientException e) {
    return new StateUnavailableException(
        "state in namespace " + namespace + ": cannot " + what + ": " + e.getMessage(), e);
  }
}
