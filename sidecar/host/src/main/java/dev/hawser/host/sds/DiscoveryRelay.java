package dev.hawser.host.sds;

import dev.hawser.host.identity.IdentityClient;
import dev.hawser.host.identity.IdentityException;
import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Envoy's aggregated discovery service (ADS v3, state of the world and delta) on the host's socket:
 * each stream goes to the control plane as it is, over mutual TLS with this host's identity. So a
 * client needs neither to judge a SPIFFE certificate nor to know more than one address, which
 * grpc-java can do neither of.
 *
 * <p>A stream that fails is ended as UNAVAILABLE, upon which every client of xDS comes back; it
 * then goes to the control plane's next address.
 */
final class DiscoveryRelay implements BindableService {
  private static final String SERVICE = "envoy.service.discovery.v3.AggregatedDiscoveryService";
  private static final int MAX_STREAMS = 64;
  private static final int MAX_ANSWER = 64 * 1024 * 1024;

  private final IdentityClient identity;
  private final AtomicInteger turn = new AtomicInteger();
  private final Set<RelayedStream> streams = ConcurrentHashMap.newKeySet();

  DiscoveryRelay(IdentityClient identity) {
    this.identity = identity;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(SERVICE)
        .addMethod(method("StreamAggregatedResources"), this::relay)
        .addMethod(method("DeltaAggregatedResources"), this::relay)
        .build();
  }

  /**
   * Ends the streams that stand on an identity or a trust which is not the current one any more.
   */
  void changed() {
    streams.forEach(stream -> {
      if (!stream.basis().isCurrent(identity)) {
        stream.end(Status.UNAVAILABLE.withDescription("the identity of this host changed"));
      }
    });
  }

  private ServerCall.Listener<byte[]> relay(ServerCall<byte[], byte[]> client, Metadata headers) {
    if (streams.size() >= MAX_STREAMS) {
      return refuse(
          client,
          Status.RESOURCE_EXHAUSTED.withDescription(
              streams.size() + " streams (expected: at most " + MAX_STREAMS + ")"));
    }
    List<String> addresses = identity.controlPlane();
    if (addresses.isEmpty()) {
      return refuse(
          client,
          Status.UNAVAILABLE.withDescription("no address of the control plane is known here"));
    }
    String address = addresses.get(Math.floorMod(turn.get(), addresses.size()));
    RelayedStream.Basis basis = RelayedStream.Basis.of(identity);
    ManagedChannel channel;
    try {
      channel = identity.openChannel(address);
    } catch (IdentityException e) {
      return refuse(client, Status.UNAVAILABLE.withDescription(e.getMessage()).withCause(e));
    }
    ClientCall<byte[], byte[]> call =
        channel.newCall(
            client.getMethodDescriptor(),
            CallOptions.DEFAULT.withMaxInboundMessageSize(MAX_ANSWER));
    RelayedStream stream = new RelayedStream(client, call, channel, basis, this::ended);
    streams.add(stream);
    return stream.start(headers);
  }

  private void ended(RelayedStream stream) {
    streams.remove(stream);
    if (!stream.wasAnswered()) {
      turn.incrementAndGet();
    }
  }

  private static ServerCall.Listener<byte[]> refuse(
      ServerCall<byte[], byte[]> client, Status status) {
    client.close(status, new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private static MethodDescriptor<byte[], byte[]> method(String name) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setRequestMarshaller(Unread.INSTANCE)
        .setResponseMarshaller(Unread.INSTANCE)
        .build();
  }

  /** Messages pass as the bytes that they are: what this relay does not know, it cannot lose. */
  private enum Unread implements MethodDescriptor.Marshaller<byte[]> {
    INSTANCE;

    @Override
    public InputStream stream(byte[] message) {
      return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
