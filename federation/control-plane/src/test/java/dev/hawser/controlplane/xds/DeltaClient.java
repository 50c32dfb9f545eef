package dev.hawser.controlplane.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An incremental client that does only what the test says. */
final class DeltaClient implements AutoCloseable {
  private final ManagedChannel channel;
  private final BlockingQueue<DeltaDiscoveryResponse> responses = new LinkedBlockingQueue<>();
  private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
  private final boolean reading;
  private @Nullable ClientCallStreamObserver<DeltaDiscoveryRequest> requests;
  private Node node;

  DeltaClient(DiscoveryServer server, Node node) {
    this(server, node, true);
  }

  /** A client that is not reading takes nothing off the wire. */
  DeltaClient(DiscoveryServer server, Node node, boolean reading) {
    this.node = node;
    this.reading = reading;
    this.channel = server.channel();
    AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(new Observer());
  }

  private final class Observer
      implements ClientResponseObserver<DeltaDiscoveryRequest, DeltaDiscoveryResponse> {
    @Override
    public void beforeStart(ClientCallStreamObserver<DeltaDiscoveryRequest> stream) {
      requests = stream;
      if (!reading) {
        stream.disableAutoRequestWithInitial(0);
      }
    }

    @Override
    public void onNext(DeltaDiscoveryResponse response) {
      responses.add(response);
    }

    @Override
    public void onError(Throwable failure) {
      ended.complete(failure);
    }

    @Override
    public void onCompleted() {
      ended.complete(new IllegalStateException("completed"));
    }
  }

  void send(DeltaDiscoveryRequest.Builder request) {
    Objects.requireNonNull(requests, "set as soon as the call has begun")
        .onNext(request.setNode(node).build());
    node = Node.getDefaultInstance();
  }

  void subscribe(ResourceType type, String... names) {
    send(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(type.url())
            .addAllResourceNamesSubscribe(List.of(names)));
  }

  void resume(ResourceType type, Map<String, String> versions) {
    send(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(type.url())
            .addAllResourceNamesSubscribe(versions.keySet())
            .putAllInitialResourceVersions(versions));
  }

  DeltaDiscoveryResponse next() throws InterruptedException {
    DeltaDiscoveryResponse response = responses.poll(10, TimeUnit.SECONDS);
    assertThat(response).as("a response within 10 s").isNotNull();
    return response;
  }

  DeltaDiscoveryResponse nextAcknowledged() throws InterruptedException {
    DeltaDiscoveryResponse response = next();
    acknowledge(response);
    return response;
  }

  void acknowledge(DeltaDiscoveryResponse response) {
    send(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(response.getTypeUrl())
            .setResponseNonce(response.getNonce()));
  }

  void refuse(DeltaDiscoveryResponse response, String detail) {
    send(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(response.getTypeUrl())
            .setResponseNonce(response.getNonce())
            .setErrorDetail(Status.newBuilder().setMessage(detail)));
  }

  boolean hasResponse() {
    return !responses.isEmpty();
  }

  Throwable ended() throws Exception {
    return ended.get(10, TimeUnit.SECONDS);
  }

  static List<String> names(DeltaDiscoveryResponse response) {
    return response.getResourcesList().stream().map(Resource::getName).toList();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
