package dev.hawser.controlplane.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hawser.api.admin.ApplyReport;
import dev.hawser.controlplane.state.StateKind;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.state.StoredDocument;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policies of this cluster: kept in the state store, changed document by document. Methods
 * other than {@link #policies} block on the store. Thread-safe; one book per store.
 */
public final class PolicyBook {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyBook.class);
  private static final int MAX_STREAM = 1 << 20;
  private static final int MAX_DOCUMENTS = 1000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final StateStore store;
  private final PolicyReader reader;
  private final Function<Policy, List<String>> effects;
  private final InstantSource clock;
  private final Runnable changed;
  private final Map<PolicyKey, Policy> byKey = new TreeMap<>();
  private volatile List<Policy> policies = List.of();

  /**
   * Opens the book and reads what is stored; a stored document that this release refuses is logged
   * and not in force, and stays in the store.
   *
   * @param consulNamespace the namespace that a host {@code X.service.consul} means
   * @param effects returns a sentence for each part of a policy that has no effect now
   * @param changed called after the policies became others
   */
  public PolicyBook(
      StateStore store,
      String consulNamespace,
      Function<Policy, List<String>> effects,
      InstantSource clock,
      Runnable changed) {
    this.store = store;
    this.reader = new PolicyReader(consulNamespace);
    this.effects = effects;
    this.clock = clock;
    this.changed = changed;
    for (StoredDocument document : store.list(StateKind.POLICIES)) {
      load(document);
    }
    policies = List.copyOf(byKey.values());
  }

  private void load(StoredDocument document) {
    String problem;
    try {
      JsonNode stored = JSON.readTree(document.content());
      Instant created = Instant.parse(stored.path("created").asText());
      switch (reader.read(stored.path("document"), created)) {
        case PolicyReader.Read.Accepted accepted -> {
          byKey.put(accepted.policy().key(), accepted.policy());
          return;
        }
        case PolicyReader.Read.Refused refused -> problem = String.join("; ", refused.problems());
      }
    } catch (java.io.IOException | DateTimeException e) {
      problem = String.valueOf(e.getMessage());
    }
    LOG.error("stored policy is not in force key={} problem=\"{}\"", document.key(), problem);
  }

  /** Returns the policies, sorted by key. Never blocks. */
  public List<Policy> policies() {
    return policies;
  }

  /**
   * Applies or deletes each document of a YAML stream; a refused one does not stop the others. An
   * outcome is created, configured, unchanged, refused, or deleted.
   *
   * @param delete deletes the policies that the documents name
   * @param dryRun answers the same and changes nothing
   */
  public ApplyReport apply(String yaml, boolean delete, boolean dryRun) {
    if (yaml.length() > MAX_STREAM) {
      return refusedWhole(yaml.length() + " characters (expected: at most " + MAX_STREAM + ")");
    }
    List<Documents.Parsed> documents = Documents.of(yaml);
    if (documents.isEmpty() || documents.size() > MAX_DOCUMENTS) {
      return refusedWhole(
          documents.size() + " documents (expected: 1-" + MAX_DOCUMENTS + " in a YAML stream)");
    }
    List<ApplyReport.Item> items = new ArrayList<>();
    boolean any = false;
    synchronized (this) {
      for (Documents.Parsed document : documents) {
        ApplyReport.Item item = applyOne(document, delete, dryRun);
        items.add(item);
        any |= !item.outcome().equals("refused") && !item.outcome().equals("unchanged");
      }
      policies = List.copyOf(byKey.values());
    }
    if (any && !dryRun) {
      changed.run();
    }
    return new ApplyReport(items);
  }

  private static ApplyReport refusedWhole(String problem) {
    return new ApplyReport(
        List.of(new ApplyReport.Item("", "", "", "refused", List.of("body: " + problem))));
  }

  private ApplyReport.Item applyOne(Documents.Parsed document, boolean delete, boolean dryRun) {
    if (document.tree().isEmpty()) {
      return new ApplyReport.Item("", "", "", "refused", List.of(document.problem()));
    }
    JsonNode tree = document.tree().get();
    if (delete) {
      return delete(tree, dryRun);
    }
    // The store and people read times to the millisecond.
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return switch (reader.read(tree, now)) {
      case PolicyReader.Read.Refused refused ->
          new ApplyReport.Item(
              refused.kind(), refused.namespace(), refused.name(), "refused", refused.problems());
      case PolicyReader.Read.Accepted accepted -> put(accepted.policy(), tree, dryRun);
    };
  }

  private ApplyReport.Item put(Policy policy, JsonNode tree, boolean dryRun) {
    Policy known = byKey.get(policy.key());
    if (known != null && known.document().equals(policy.document())) {
      return item(policy.key(), "unchanged", effects.apply(known));
    }
    Policy next = policy;
    if (known != null
        && reader.read(tree, known.created()) instanceof PolicyReader.Read.Accepted aged) {
      next = aged.policy();
    }
    if (!dryRun) {
      store.replace(StateKind.POLICIES, storeKey(next.key()), stored(next, tree));
      byKey.put(next.key(), next);
    }
    return item(next.key(), known == null ? "created" : "configured", effects.apply(next));
  }

  private ApplyReport.Item delete(JsonNode tree, boolean dryRun) {
    String namespace = tree.path("metadata").path("namespace").asText("default");
    PolicyKey key =
        new PolicyKey(
            tree.path("kind").asText(""),
            namespace.isEmpty() ? "default" : namespace,
            tree.path("metadata").path("name").asText(""));
    if (!byKey.containsKey(key)) {
      return item(key, "unchanged", List.of(key + " is not there."));
    }
    if (!dryRun) {
      store.remove(StateKind.POLICIES, storeKey(key));
      byKey.remove(key);
    }
    return item(key, "deleted", List.of());
  }

  private static ApplyReport.Item item(PolicyKey key, String outcome, List<String> messages) {
    return new ApplyReport.Item(key.kind(), key.namespace(), key.name(), outcome, messages);
  }

  /** No part of a key holds a colon, so two keys are never one. */
  private static String storeKey(PolicyKey key) {
    return key.kind() + ":" + key.namespace() + ":" + key.name();
  }

  private static byte[] stored(Policy policy, JsonNode tree) {
    ObjectNode stored = JSON.createObjectNode();
    stored.put("created", policy.created().toString());
    stored.set("document", tree);
    try {
      return JSON.writeValueAsString(stored).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a parsed tree is always JSON", e);
    }
  }
}
