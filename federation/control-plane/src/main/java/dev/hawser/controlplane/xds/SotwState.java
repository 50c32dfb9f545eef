package dev.hawser.controlplane.xds;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * One type of resource on one state-of-the-world stream. For listeners and clusters a response
 * names all that there is, so what is missing is gone, also for a client that asked by name; for
 * the other types a response holds what is new to the client, and what is gone goes with what
 * pointed at it. At most one response is out at a time. Confined to its stream.
 */
final class SotwState implements TypeState<DiscoveryRequest, DiscoveryResponse> {
  private final ResourceType type;
  private final Names names = new Names();

  /** What the client holds. */
  private final Map<String, String> held = new HashMap<>();

  private boolean begun;
  private boolean named;
  private boolean owed;
  private boolean answeredOnce;
  private String lastNonce = "";
  private String heldVersion = "";
  private String refusedVersion = "";
  private final Map<String, String> refused = new HashMap<>();
  private Optional<Sent> unanswered = Optional.empty();
  private String refusal = "";

  /** A response that is out. */
  private record Sent(String version, Map<String, String> versions) {}

  SotwState(ResourceType type) {
    this.type = type;
  }

  @Override
  public void receive(DiscoveryRequest request) {
    boolean stale =
        !request.getResponseNonce().isEmpty() && !request.getResponseNonce().equals(lastNonce);
    if (begun && stale) {
      // Sent before our last response arrived; the answer to that one follows with the names.
      return;
    }
    if (!request.getResponseNonce().isEmpty()) {
      answer(request);
    }
    subscribe(request.getResourceNamesList());
  }

  private void subscribe(List<String> wanted) {
    boolean first = !begun;
    begun = true;
    named |= !wanted.isEmpty();
    // Until a client has named something, naming nothing means everything.
    boolean all = type.wholeState() && !named;
    boolean changed = names.replace(all ? List.of(Names.EVERYTHING) : wanted);
    owed |= first || (changed && type.wholeState());
    if (!type.wholeState()) {
      held.keySet().retainAll(names.names());
      refused.keySet().retainAll(names.names());
    }
  }

  private void answer(DiscoveryRequest request) {
    if (unanswered.isEmpty()) {
      return;
    }
    Sent sent = unanswered.get();
    unanswered = Optional.empty();
    answeredOnce = true;
    if (!request.hasErrorDetail()) {
      heldVersion = sent.version();
      refusedVersion = "";
      if (type.wholeState()) {
        held.clear();
      }
      held.putAll(sent.versions());
      sent.versions().keySet().forEach(refused::remove);
      if (refused.isEmpty()) {
        refusal = "";
      }
      return;
    }
    refusal = TypeState.refusal(type, request.getErrorDetail().getMessage());
    sent.versions().keySet().forEach(held::remove);
    if (type.wholeState()) {
      refusedVersion = sent.version();
    } else {
      refused.putAll(sent.versions());
    }
  }

  @Override
  public Optional<DiscoveryResponse> next(Lookup lookup, String nonce) {
    if (!begun || unanswered.isPresent()) {
      return Optional.empty();
    }
    SortedMap<String, XdsResource> wanted = names.find(lookup);
    return type.wholeState() ? whole(wanted, nonce) : part(wanted, nonce);
  }

  private Optional<DiscoveryResponse> whole(SortedMap<String, XdsResource> wanted, String nonce) {
    String version = version(wanted);
    boolean refusedBefore = version.equals(refusedVersion);
    if (refusedBefore || (version.equals(heldVersion) && !owed)) {
      owed = false;
      return Optional.empty();
    }
    return send(wanted, versions(wanted), version, nonce);
  }

  private Optional<DiscoveryResponse> part(SortedMap<String, XdsResource> wanted, String nonce) {
    held.keySet().retainAll(wanted.keySet());
    refused.keySet().retainAll(wanted.keySet());
    wanted
        .values()
        .removeIf(resource ->
            resource.version().equals(held.get(resource.name()))
                || resource.version().equals(refused.get(resource.name())));
    if (wanted.isEmpty()) {
      return Optional.empty();
    }
    return send(wanted, versions(wanted), version(wanted), nonce);
  }

  private Optional<DiscoveryResponse> send(
      SortedMap<String, XdsResource> resources,
      Map<String, String> versions,
      String version,
      String nonce) {
    owed = false;
    lastNonce = nonce;
    unanswered = Optional.of(new Sent(version, versions));
    DiscoveryResponse.Builder response =
        DiscoveryResponse.newBuilder()
            .setTypeUrl(type.url())
            .setVersionInfo(version)
            .setNonce(nonce);
    resources.values().forEach(resource -> response.addResources(resource.body()));
    return Optional.of(response.build());
  }

  private Map<String, String> versions(SortedMap<String, XdsResource> resources) {
    Map<String, String> versions = new HashMap<>();
    resources.values().forEach(it -> versions.put(it.name(), it.version()));
    return versions;
  }

  private static String version(SortedMap<String, XdsResource> resources) {
    StringBuilder content = new StringBuilder();
    resources
        .values()
        .forEach(it -> content.append(it.name()).append('=').append(it.version()).append('\n'));
    return Wire.digest(ByteString.copyFromUtf8(content.toString()));
  }

  @Override
  public Set<String> lastSent() {
    Set<String> sent = new HashSet<>();
    unanswered.ifPresent(response ->
        response
            .versions()
            .forEach((name, version) -> {
              if (!version.equals(held.get(name))) {
                sent.add(name);
              }
            }));
    return sent;
  }

  @Override
  public void repeat(Set<String> wanted) {
    held.keySet().removeAll(wanted);
  }

  @Override
  public boolean settled() {
    return unanswered.isEmpty() && refusal().isEmpty();
  }

  @Override
  public boolean acknowledged() {
    return answeredOnce && settled();
  }

  @Override
  public String refusal() {
    return refusedVersion.isEmpty() && refused.isEmpty() ? "" : refusal;
  }
}
