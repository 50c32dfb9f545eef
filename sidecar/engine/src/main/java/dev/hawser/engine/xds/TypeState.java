package dev.hawser.engine.xds;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything known of one resource type: what is wanted, what is in force, what was kept from the
 * last run. Confined to the xDS thread.
 *
 * @param <M> the type of message
 */
final class TypeState<M extends Message> {
  private static final Logger LOG = LoggerFactory.getLogger(TypeState.class);
  static final String WILDCARD = "*";

  private final ResourceApplier<M> applier;
  private final String typeUrl;
  private final Set<String> names = new TreeSet<>();

  /** In force. Changed by the xDS thread alone; {@link #held} is read by any. */
  private final Map<String, HeldResource> held = new ConcurrentSkipListMap<>();

  /** From the last run and not wanted yet in this one. */
  private final Map<String, Resource> kept = new HashMap<>();

  private final Map<String, String> refused = new TreeMap<>();
  private final Set<String> toSubscribe = new TreeSet<>();
  private final Set<String> toUnsubscribe = new TreeSet<>();
  private boolean wildcard;
  private boolean answered;
  private boolean dirty;

  TypeState(ResourceApplier<M> applier) {
    this.applier = applier;
    this.typeUrl = TypeUrls.of(applier.prototype());
  }

  String typeUrl() {
    return typeUrl;
  }

  boolean isAnswered() {
    return answered;
  }

  boolean isWildcard() {
    return wildcard;
  }

  /** Takes what the disk had. */
  void restore(List<Resource> resources) {
    for (Resource resource : resources) {
      kept.put(resource.getName(), resource);
    }
    if (wildcard) {
      wakeKept(Set.copyOf(kept.keySet()));
    } else {
      wakeKept(names);
    }
  }

  /** Whether anything of this type is in force. */
  boolean holdsAnything() {
    return !held.isEmpty();
  }

  void subscribeWildcard() {
    if (!wildcard) {
      wildcard = true;
      toSubscribe.add(WILDCARD);
      wakeKept(Set.copyOf(kept.keySet()));
    }
  }

  void subscribe(Collection<String> wanted) {
    Set<String> fresh = new HashSet<>();
    for (String name : wanted) {
      if (names.add(name)) {
        fresh.add(name);
        if (!toUnsubscribe.remove(name)) {
          toSubscribe.add(name);
        }
      }
    }
    wakeKept(fresh);
  }

  void unsubscribe(Collection<String> unwanted) {
    for (String name : unwanted) {
      if (names.remove(name)) {
        refused.remove(name);
        dirty |= held.remove(name) != null;
        if (!toSubscribe.remove(name)) {
          toUnsubscribe.add(name);
        }
      }
    }
  }

  void replaceSubscriptions(Set<String> wanted) {
    Set<String> unwanted = new HashSet<>(names);
    unwanted.removeAll(wanted);
    unsubscribe(unwanted);
    subscribe(wanted);
  }

  /** Puts kept resources in force. */
  private void wakeKept(Set<String> wanted) {
    boolean any = false;
    for (String name : wanted) {
      Resource resource = kept.remove(name);
      if (resource != null) {
        String problem = apply(resource);
        if (problem == null) {
          any = true;
        } else {
          LOG.warn(
              "Last good state is refused type={} resource={} reason={}", typeUrl, name, problem);
        }
      }
    }
    if (any) {
      batchEnd();
    }
  }

  /** Forgets what nobody has wanted since the start. */
  void dropKept() {
    dirty |= !kept.isEmpty();
    kept.clear();
  }

  /** Returns the first request of this type on a new stream, or null if nothing is wanted. */
  DeltaDiscoveryRequest.@Nullable Builder first() {
    toSubscribe.clear();
    toUnsubscribe.clear();
    if (!wildcard && names.isEmpty()) {
      return null;
    }
    DeltaDiscoveryRequest.Builder request = DeltaDiscoveryRequest.newBuilder().setTypeUrl(typeUrl);
    if (wildcard) {
      request.addResourceNamesSubscribe(WILDCARD);
    }
    request.addAllResourceNamesSubscribe(names);
    held.forEach(
        (name, one) -> request.putInitialResourceVersions(name, one.resource().getVersion()));
    return request;
  }

  /** Returns a request that says what changed in the wants, or null if nothing did. */
  DeltaDiscoveryRequest.@Nullable Builder change() {
    if (toSubscribe.isEmpty() && toUnsubscribe.isEmpty()) {
      return null;
    }
    DeltaDiscoveryRequest.Builder request =
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(typeUrl)
            .addAllResourceNamesSubscribe(toSubscribe)
            .addAllResourceNamesUnsubscribe(toUnsubscribe);
    toSubscribe.clear();
    toUnsubscribe.clear();
    return request;
  }

  /**
   * Takes a response. What can be obeyed is in force afterwards, whatever else is in it.
   *
   * @return what was refused, each with resource, field and reason; empty for all good
   */
  List<String> accept(DeltaDiscoveryResponse response) {
    List<String> problems = new ArrayList<>();
    for (Resource resource : response.getResourcesList()) {
      if (!resource.hasResource()) {
        continue; // a heartbeat of a resource with a time to live
      }
      if (!wildcard && !names.contains(resource.getName())) {
        continue; // crossed with our own unsubscribe
      }
      String problem = apply(resource);
      if (problem == null) {
        refused.remove(resource.getName());
      } else {
        refused.put(resource.getName(), problem);
        problems.add(resource.getName() + ": " + problem);
      }
    }
    for (String name : response.getRemovedResourcesList()) {
      remove(name);
    }
    answered = true;
    batchEnd();
    return problems;
  }

  private void remove(String name) {
    refused.remove(name);
    kept.remove(name);
    boolean wasHeld = held.remove(name) != null;
    dirty |= wasHeld;
    if (wasHeld || names.contains(name)) {
      try {
        applier.onRemoved(name);
      } catch (RuntimeException e) {
        LOG.error("Removing a resource failed type={} resource={}", typeUrl, name, e);
      }
    }
  }

  private void batchEnd() {
    try {
      applier.onBatchEnd();
    } catch (RuntimeException e) {
      LOG.error("Ending a batch failed type={}", typeUrl, e);
    }
  }

  /** Returns null if the resource is in force, else what is wrong with it. */
  private @Nullable String apply(Resource resource) {
    Any any = resource.getResource();
    if (!any.getTypeUrl().equals(typeUrl)) {
      return "type_url: " + any.getTypeUrl() + " (expected: " + typeUrl + ")";
    }
    try {
      @SuppressWarnings("unchecked")
      M message = (M) applier.prototype().getParserForType().parseFrom(any.getValue());
      SupportedFields.requireKnown(message);
      applier.onChanged(resource.getName(), message, resource.getVersion());
      if (resource.hasMetadata()) {
        applier.onMetadata(resource.getName(), resource.getMetadata());
      }
      held.put(resource.getName(), new HeldResource(resource, Instant.now()));
      dirty = true;
      return null;
    } catch (InvalidProtocolBufferException e) {
      return "resource: not a " + TypeUrls.shortName(typeUrl) + ": " + e.getMessage();
    } catch (ResourceRejectedException e) {
      return e.getMessage();
    } catch (RuntimeException e) {
      LOG.error("Applying a resource failed type={} resource={}", typeUrl, resource.getName(), e);
      return "internal error: " + e;
    }
  }

  /** Returns what to write to disk if it changed since the last call, else null. */
  @Nullable List<Resource> changedSinceSaved() {
    if (!dirty) {
      return null;
    }
    dirty = false;
    List<Resource> all = new ArrayList<>(kept.values());
    held.values().forEach(one -> all.add(one.resource()));
    return all;
  }

  /** Returns what is in force, by name. Safe for use by any thread. */
  Map<String, HeldResource> held() {
    return Collections.unmodifiableMap(held);
  }

  AdsStatus.Type status() {
    Map<String, String> versions = new TreeMap<>();
    held.forEach((name, one) -> versions.put(name, one.resource().getVersion()));
    StringBuilder nack = new StringBuilder();
    refused.forEach((name, problem) ->
        nack.append(nack.isEmpty() ? "" : "; ").append(name).append(": ").append(problem));
    return new AdsStatus.Type(wildcard, List.copyOf(names), versions, answered, nack.toString());
  }
}
