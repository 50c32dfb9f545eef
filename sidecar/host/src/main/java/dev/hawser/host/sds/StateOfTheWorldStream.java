package dev.hawser.host.sds;

import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One state-of-the-world stream: each answer holds all that was asked for. */
final class StateOfTheWorldStream
    implements StreamObserver<DiscoveryRequest>, SecretService.SecretStream {
  private static final Logger LOG = LoggerFactory.getLogger(StateOfTheWorldStream.class);

  private final Secrets secrets;
  private final StreamObserver<DiscoveryResponse> reply;
  private final Consumer<SecretService.SecretStream> onEnd;
  private List<String> names = List.of();
  private Map<String, String> sent = Map.of();
  private long nonce;
  private boolean ended;

  StateOfTheWorldStream(
      Secrets secrets,
      StreamObserver<DiscoveryResponse> reply,
      Consumer<SecretService.SecretStream> onEnd) {
    this.secrets = secrets;
    this.reply = reply;
    this.onEnd = onEnd;
  }

  @Override
  public synchronized void onNext(DiscoveryRequest request) {
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
    List<String> asked = List.copyOf(request.getResourceNamesList());
    boolean fresh = request.getResponseNonce().isEmpty();
    if (!fresh && !request.getResponseNonce().equals(Long.toString(nonce))) {
      // About an answer that is not the latest any more.
      return;
    }
    if (fresh || !asked.equals(names)) {
      names = asked;
      sent = Map.of();
      refresh();
    }
  }

  @Override
  public synchronized void refresh() {
    if (ended || names.isEmpty()) {
      return;
    }
    Map<String, Secrets.Versioned> current = secrets.current();
    Map<String, String> versions = new LinkedHashMap<>();
    DiscoveryResponse.Builder response =
        DiscoveryResponse.newBuilder().setTypeUrl(SecretService.TYPE);
    for (String name : names) {
      Secrets.Versioned secret = current.get(name);
      if (secret != null) {
        versions.put(name, secret.version());
        response.addResources(secret.resource());
      }
    }
    if (versions.equals(sent)) {
      return;
    }
    sent = versions;
    nonce++;
    reply.onNext(
        response.setVersionInfo(Long.toString(nonce)).setNonce(Long.toString(nonce)).build());
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
