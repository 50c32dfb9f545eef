package dev.hawser.controlplane.xds;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * One type of resource on one incremental stream: what the client holds, what it refused, and so
 * what it is told next. At most one response is out at a time, so a client that is slow to answer
 * costs one response and then skips the changes between. Confined to its stream.
 *
 * <p>A subscription of a type begins with its first request. That one is always answered, with
 * nothing if the client holds all already, so a client can tell "nothing there" from "not yet".
 */
final class DeltaState implements TypeState<DeltaDiscoveryRequest, DeltaDiscoveryResponse> {
  /** The version of what does not exist. */
  private static final String ABSENT = "";

  /** The version of what the client has in a state that this side cannot know. */
  private static final String UNKNOWN = "?";

  private final ResourceType type;
  private final Names names = new Names();
  private final Map<String, String> held = new HashMap<>();
  private final Map<String, String> refused = new HashMap<>();
  private final Set<String> again = new HashSet<>();
  private boolean begun;
  private boolean owed;
  private Optional<Sent> unanswered = Optional.empty();
  private String refusal = "";

  /** A response that is out. */
  private record Sent(String nonce, Map<String, String> versions) {}

  DeltaState(ResourceType type) {
    this.type = type;
  }

  @Override
  public void receive(DeltaDiscoveryRequest request) {
    if (!begun) {
      begun = true;
      owed = true;
      held.putAll(request.getInitialResourceVersionsMap());
      names.everything(type.wholeState() && request.getResourceNamesSubscribeCount() == 0);
    }
    answer(request);
    for (String name : request.getResourceNamesSubscribeList()) {
      if (name.equals(Names.EVERYTHING)) {
        owed |= !names.everything();
        names.everything(true);
      } else if (!names.add(name)) {
        // Asked for again: the client has dropped it.
        again.add(name);
      }
    }
    for (String name : request.getResourceNamesUnsubscribeList()) {
      if (name.equals(Names.EVERYTHING)) {
        names.everything(false);
        held.keySet().retainAll(names.names());
      } else if (names.names().remove(name)) {
        held.remove(name);
        refused.remove(name);
        again.remove(name);
      }
    }
  }

  private void answer(DeltaDiscoveryRequest request) {
    if (unanswered.isEmpty() || !unanswered.get().nonce().equals(request.getResponseNonce())) {
      return;
    }
    Map<String, String> versions = unanswered.get().versions();
    unanswered = Optional.empty();
    if (!request.hasErrorDetail()) {
      versions.forEach((name, version) -> {
        held.put(name, version);
        refused.remove(name);
      });
      if (refused.isEmpty()) {
        refusal = "";
      }
      return;
    }
    refusal = TypeState.refusal(type, request.getErrorDetail().getMessage());
    versions.forEach((name, version) -> {
      if (version.equals(ABSENT)) {
        held.put(name, ABSENT);
      } else {
        // Some clients take the good ones of a refused response, some take none.
        held.put(name, UNKNOWN);
        refused.put(name, version);
      }
    });
  }

  @Override
  public Optional<DeltaDiscoveryResponse> next(Lookup lookup, String nonce) {
    if (!begun || unanswered.isPresent()) {
      return Optional.empty();
    }
    SortedMap<String, XdsResource> wanted = names.find(lookup);
    Map<String, String> versions = new HashMap<>();
    DeltaDiscoveryResponse.Builder response =
        DeltaDiscoveryResponse.newBuilder().setTypeUrl(type.url()).setNonce(nonce);
    for (XdsResource resource : wanted.values()) {
      if (isNews(resource)) {
        versions.put(resource.name(), resource.version());
        Resource.Builder item = response.addResourcesBuilder();
        item.setName(resource.name()).setVersion(resource.version()).setResource(resource.body());
        resource.metadata().ifPresent(item::setMetadata);
      }
    }
    for (String name : gone(wanted)) {
      versions.put(name, ABSENT);
      response.addRemovedResources(name);
    }
    again.clear();
    if (versions.isEmpty() && !owed) {
      return Optional.empty();
    }
    owed = false;
    unanswered = Optional.of(new Sent(nonce, versions));
    return Optional.of(response.build());
  }

  private boolean isNews(XdsResource resource) {
    if (resource.version().equals(refused.get(resource.name()))) {
      return false;
    }
    return again.contains(resource.name()) || !resource.version().equals(held.get(resource.name()));
  }

  /** What the client holds and must let go, and what it asked for in vain. */
  private List<String> gone(SortedMap<String, XdsResource> wanted) {
    List<String> gone = new ArrayList<>();
    held.forEach((name, version) -> {
      if (!version.equals(ABSENT) && !wanted.containsKey(name)) {
        gone.add(name);
      }
    });
    for (String name : names.names()) {
      boolean told = ABSENT.equals(held.get(name)) && !again.contains(name);
      if (!wanted.containsKey(name) && !told && !gone.contains(name)) {
        gone.add(name);
      }
    }
    gone.sort(null);
    // What is told once and not asked for by name needs no memory.
    held.keySet().removeIf(name -> ABSENT.equals(held.get(name)) && !names.names().contains(name));
    refused.keySet().removeIf(name -> !wanted.containsKey(name));
    return gone;
  }

  @Override
  public Set<String> lastSent() {
    Set<String> sent = new HashSet<>();
    unanswered.ifPresent(response ->
        response
            .versions()
            .forEach((name, version) -> {
              if (!version.equals(ABSENT)) {
                sent.add(name);
              }
            }));
    return sent;
  }

  @Override
  public void repeat(Set<String> wanted) {
    for (String name : wanted) {
      if (names.names().contains(name)) {
        again.add(name);
      }
    }
  }

  @Override
  public boolean settled() {
    return unanswered.isEmpty() && refused.isEmpty();
  }

  @Override
  public boolean acknowledged() {
    return begun && !owed && unanswered.isEmpty() && refused.isEmpty();
  }

  @Override
  public String refusal() {
    return refused.isEmpty() ? "" : refusal;
  }
}
