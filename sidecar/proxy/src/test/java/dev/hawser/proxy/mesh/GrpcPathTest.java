package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.trust.testing.TestAuthority;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GrpcPathTest {
  private static final MethodDescriptor<String, String> HELLO =
      method(MethodDescriptor.MethodType.UNARY, "Hello");
  private static final MethodDescriptor<String, String> COUNT =
      method(MethodDescriptor.MethodType.SERVER_STREAMING, "Count");

  private final TestAuthority authority = TestAuthority.create();
  private final List<AutoCloseable> open = new ArrayList<>();
  private Server server;
  private ManagedChannel channel;

  private static MethodDescriptor<String, String> method(
      MethodDescriptor.MethodType type, String name) {
    return MethodDescriptor.<String, String>newBuilder()
        .setType(type)
        .setFullMethodName("test.Greeter/" + name)
        .setRequestMarshaller(new Text())
        .setResponseMarshaller(new Text())
        .build();
  }

  private static final class Text implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @BeforeEach
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(
                ServerServiceDefinition.builder("test.Greeter")
                    .addMethod(
                        HELLO,
                        ServerCalls.asyncUnaryCall((request, response) -> {
                          if (request.equals("fail")) {
                            response.onError(
                                Status.FAILED_PRECONDITION
                                    .withDescription("on purpose")
                                    .asRuntimeException());
                            return;
                          }
                          response.onNext("hello " + request);
                          response.onCompleted();
                        }))
                    .addMethod(
                        COUNT,
                        ServerCalls.asyncServerStreamingCall((request, response) -> {
                          for (int i = 0; i < Integer.parseInt(request); i++) {
                            response.onNext("x".repeat(1000) + i);
                          }
                          response.onCompleted();
                        }))
                    .build())
            .build()
            .start();
    TestProxy caller = keep(new TestProxy(authority, "east", "web"));
    TestProxy callee = keep(new TestProxy(authority, "east", "greeter"));
    EndpointConfig endpoint =
        callee.serve(
            "greeter",
            UpstreamConfig.Protocol.HTTP2,
            server.getPort(),
            Configs.callersOf("east.mesh.internal"));
    int port =
        caller.call(
            Configs.meshed(
                "greeter.shop:9000",
                UpstreamConfig.Protocol.HTTP2,
                TestProxy.STABILITY,
                callee.id()),
            Configs.usualRetries(),
            Duration.ZERO,
            Configs.group(0, endpoint));
    channel = NettyChannelBuilder.forAddress(Configs.HOST, port).usePlaintext().build();
  }

  private <T extends AutoCloseable> T keep(T one) {
    open.addFirst(one);
    return one;
  }

  @AfterEach
  void close() throws Exception {
    channel.shutdownNow();
    for (AutoCloseable one : open) {
      one.close();
    }
    server.shutdownNow();
  }

  @Test
  void callsAndTheirTrailersPass() {
    assertThat(ClientCalls.blockingUnaryCall(channel, HELLO, CallOptions.DEFAULT, "mesh"))
        .isEqualTo("hello mesh");

    assertThatThrownBy(
            () -> ClientCalls.blockingUnaryCall(channel, HELLO, CallOptions.DEFAULT, "fail"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
              assertThat(e.getStatus().getDescription()).isEqualTo("on purpose");
            });
  }

  @Test
  void longStreamPassesWhole() {
    Iterator<String> answers =
        ClientCalls.blockingServerStreamingCall(channel, COUNT, CallOptions.DEFAULT, "3000");
    int count = 0;
    while (answers.hasNext()) {
      assertThat(answers.next()).endsWith("x" + count);
      count++;
    }

    assertThat(count).isEqualTo(3000);
  }

  @Test
  void serverThatIsDownIsUnavailable() {
    server.shutdownNow();

    assertThatThrownBy(
            () -> ClientCalls.blockingUnaryCall(channel, HELLO, CallOptions.DEFAULT, "mesh"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }
}
