package dev.hawser.host.sds;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One delta stream: each answer holds what changed, and what is gone. */
final class DeltaStream
    implements StreamObserver<DeltaDiscoveryRequest>, SecretService.SecretStream {
  private static final Logger LOG = LoggerFactory.getLogger(DeltaStream.class);
  private static final int MAX_NAMES = 64;

  private final Secrets secrets;
  private final StreamObserver<DeltaDiscoveryResponse> reply;
  private final Consumer<SecretService.SecretStream> onEnd;
  private final Set<String> subscribed = new LinkedHashSet<>();

  /** By name the version that the proxy has; an empty one for a name that it knows to be absent. */
  private final Map<String, String> sent = new LinkedHashMap<>();

  private long nonce;
  private boolean ended;

  DeltaStream(
      Secrets secrets,
      StreamObserver<DeltaDiscoveryResponse> reply,
      Consumer<SecretService.SecretStream> onEnd) {
    this.secrets = secrets;
    this.reply = reply;
    this.onEnd = onEnd;
  }

  @Override
  public synchronized void onNext(DeltaDiscoveryRequest request) {
    String type = request.getTypeUrl();
    if (!type.isEmpty() && !type.equals(SecretService.TYPE)) {
      end(
          Status.INVALID_ARGUMENT.withDescription(
              "type: '" + type + "' (expected: " + SecretService.TYPE + ")"));
      return;
    }
    if (request.hasErrorDetail()) {
      LOG.warn(
          "A proxy refused its secrets. node={} reason={}",
          request.getNode().getId(),
          request.getErrorDetail().getMessage());
    }
    request.getInitialResourceVersionsMap().forEach(sent::put);
    for (String name : request.getResourceNamesUnsubscribeList()) {
      subscribed.remove(name);
      sent.remove(name);
    }
    for (String name : request.getResourceNamesSubscribeList()) {
      subscribed.add(name);
      // A name that is asked for again is sent again, unless the proxy said which version it has.
      if (!request.containsInitialResourceVersions(name)) {
        sent.remove(name);
      }
    }
    if (subscribed.size() > MAX_NAMES) {
      end(
          Status.RESOURCE_EXHAUSTED.withDescription(
              subscribed.size() + " names (expected: at most " + MAX_NAMES + ")"));
      return;
    }
    refresh();
  }

  @Override
  public synchronized void refresh() {
    if (ended) {
      return;
    }
    Map<String, Secrets.Versioned> current = secrets.current();
    DeltaDiscoveryResponse.Builder response =
        DeltaDiscoveryResponse.newBuilder().setTypeUrl(SecretService.TYPE);
    for (String name : subscribed) {
      Secrets.Versioned secret = current.get(name);
      String version = secret == null ? "" : secret.version();
      if (version.equals(sent.get(name))) {
        continue;
      }
      sent.put(name, version);
      if (secret == null) {
        response.addRemovedResources(name);
      } else {
        response.addResources(
            Resource.newBuilder().setName(name).setVersion(version).setResource(secret.resource()));
      }
    }
    if (response.getResourcesCount() + response.getRemovedResourcesCount() > 0) {
      nonce++;
      reply.onNext(response.setNonce(Long.toString(nonce)).build());
    }
  }

  @Override
  public void onError(Throwable cause) {
    LOG.debug("A secrets stream ended. reason={}", cause.getMessage());
    finish();
  }

  @Override
  public synchronized void onCompleted() {
    if (!ended) {
      reply.onCompleted();
    }
    finish();
  }

  private void end(Status status) {
    reply.onError(status.asRuntimeException());
    finish();
  }

  private synchronized void finish() {
    ended = true;
    onEnd.accept(this);
  }
}
