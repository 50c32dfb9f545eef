package dev.hawser.host.sds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.host.identity.Attestation;
import dev.hawser.host.identity.EnrolmentServer;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.host.identity.IdentityOptions;
import dev.hawser.trust.testing.TestAuthority;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DiscoveryRelayTest {
  private static final String TYPE = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
  private static final String NOBODY_THERE = "127.0.0.1:1";

  private final TestAuthority authority = TestAuthority.create();
  private final EpollEventLoopGroup loop = new EpollEventLoopGroup(1);
  private final Echo echo = new Echo();
  @TempDir private Path temporary;
  private EnrolmentServer controlPlane;
  private IdentityClient identity;
  private SecretServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    controlPlane = EnrolmentServer.start(authority, echo);
    IdentityOptions options =
        IdentityOptions.of(temporary.resolve("data"))
            .with(new Attestation.TokenText(controlPlane.token()));
    IdentityClient.join(options);
    // The first address is dead, as that of a replica that is gone.
    identity =
        IdentityClient.open(
            IdentityOptions.of(temporary.resolve("data"))
                .withControlPlane(List.of(NOBODY_THERE, controlPlane.address())));
    Path socket = temporary.resolve("host.sock");
    server = SecretServer.start(socket, identity);
    channel =
        NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toString()))
            .eventLoopGroup(loop)
            .channelType(EpollDomainSocketChannel.class)
            .usePlaintext()
            .build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
    identity.close();
    controlPlane.close();
    var _ = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }

  @Test
  void aStreamFailsAtADeadAddressAndTheNextOneGoesToTheNextAddress() throws Exception {
    Collected<DiscoveryResponse> first = new Collected<>();
    stub().streamAggregatedResources(first).onNext(asking(1));
    assertThat(Status.fromThrowable(first.end()).getCode()).isEqualTo(Status.Code.UNAVAILABLE);

    Collected<DiscoveryResponse> second = new Collected<>();
    StreamObserver<DiscoveryRequest> requests = stub().streamAggregatedResources(second);
    for (int i = 0; i < 100; i++) {
      requests.onNext(asking(i));
    }

    for (int i = 0; i < 100; i++) {
      assertThat(second.next().getNonce()).isEqualTo(Integer.toString(i));
    }
    requests.onCompleted();
    assertThat(Status.fromThrowable(second.end()).getCode()).isEqualTo(Status.Code.OK);
  }

  @Test
  void aDeltaStreamPassesAndIsEndedWhenTrustChanges() throws Exception {
    reachable();
    Collected<DeltaDiscoveryResponse> answers = new Collected<>();
    StreamObserver<DeltaDiscoveryRequest> requests = stub().deltaAggregatedResources(answers);
    requests.onNext(
        DeltaDiscoveryRequest.newBuilder().setTypeUrl(TYPE).setResponseNonce("7").build());
    assertThat(answers.next().getNonce()).isEqualTo("7");

    identity.updateBundles(authority.bundles("east", "west"));

    assertThat(Status.fromThrowable(answers.end()).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(echo.cancelled.poll(10, TimeUnit.SECONDS)).as("the other half ended too").isTrue();
  }

  /** The first stream turns from the dead address to the other. */
  private void reachable() throws InterruptedException {
    Collected<DiscoveryResponse> first = new Collected<>();
    stub().streamAggregatedResources(first).onNext(asking(1));
    assertThat(first.end()).isNotNull();
  }

  private AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceStub stub() {
    return AggregatedDiscoveryServiceGrpc.newStub(channel);
  }

  private static DiscoveryRequest asking(int nonce) {
    return DiscoveryRequest.newBuilder()
        .setTypeUrl(TYPE)
        .setResponseNonce(Integer.toString(nonce))
        .build();
  }

  /** A control plane that answers each request with its nonce. */
  private static final class Echo
      extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {
    final BlockingQueue<Boolean> cancelled = new LinkedBlockingQueue<>();

    @Override
    public StreamObserver<DiscoveryRequest> streamAggregatedResources(
        StreamObserver<DiscoveryResponse> reply) {
      return new Requests<>(reply) {
        @Override
        public void onNext(DiscoveryRequest request) {
          reply.onNext(DiscoveryResponse.newBuilder().setNonce(request.getResponseNonce()).build());
        }
      };
    }

    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
        StreamObserver<DeltaDiscoveryResponse> reply) {
      return new Requests<>(reply) {
        @Override
        public void onNext(DeltaDiscoveryRequest request) {
          reply.onNext(
              DeltaDiscoveryResponse.newBuilder().setNonce(request.getResponseNonce()).build());
        }
      };
    }

    private abstract class Requests<T> implements StreamObserver<T> {
      private final StreamObserver<?> reply;

      Requests(StreamObserver<?> reply) {
        this.reply = reply;
      }

      @Override
      public void onError(Throwable cause) {
        cancelled.add(true);
      }

      @Override
      public void onCompleted() {
        reply.onCompleted();
      }
    }
  }

  private static final class Collected<T> implements StreamObserver<T> {
    private final BlockingQueue<T> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> ends = new LinkedBlockingQueue<>();

    T next() throws InterruptedException {
      T value = received.poll(10, TimeUnit.SECONDS);
      assertThat(value).as("an answer within 10 s").isNotNull();
      return value;
    }

    Throwable end() throws InterruptedException {
      Throwable end = ends.poll(10, TimeUnit.SECONDS);
      assertThat(end).as("an end within 10 s").isNotNull();
      return end;
    }

    @Override
    public void onNext(T value) {
      received.add(value);
    }

    @Override
    public void onError(Throwable cause) {
      ends.add(cause);
    }

    @Override
    public void onCompleted() {
      ends.add(Status.OK.asException());
    }
  }
}
