package dev.hawser.host.sds;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.secret.v3.SecretDiscoveryServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Serves the streams and tells each of changes. */
final class SecretService extends SecretDiscoveryServiceGrpc.SecretDiscoveryServiceImplBase {
  static final String TYPE = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

  private final Secrets secrets;
  private final Set<SecretStream> streams = ConcurrentHashMap.newKeySet();

  /** What both kinds of stream have in common. */
  interface SecretStream {
    /** Sends what changed since the last time. */
    void refresh();
  }

  SecretService(Secrets secrets) {
    this.secrets = secrets;
  }

  /** Tells every stream that the identity changed. */
  void changed() {
    streams.forEach(SecretStream::refresh);
  }

  @Override
  public StreamObserver<DiscoveryRequest> streamSecrets(StreamObserver<DiscoveryResponse> reply) {
    StateOfTheWorldStream stream = new StateOfTheWorldStream(secrets, reply, streams::remove);
    streams.add(stream);
    return stream;
  }

  @Override
  public StreamObserver<DeltaDiscoveryRequest> deltaSecrets(
      StreamObserver<DeltaDiscoveryResponse> reply) {
    DeltaStream stream = new DeltaStream(secrets, reply, streams::remove);
    streams.add(stream);
    return stream;
  }

  @Override
  public void fetchSecrets(DiscoveryRequest request, StreamObserver<DiscoveryResponse> reply) {
    reply.onError(
        Status.UNIMPLEMENTED
            .withDescription("polling is not served (expected: a stream)")
            .asRuntimeException());
  }
}
