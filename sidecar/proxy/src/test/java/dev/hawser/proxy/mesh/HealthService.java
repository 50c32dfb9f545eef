package dev.hawser.proxy.mesh;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The health service of gRPC ({@code grpc.health.v1}) on a real server, by the numbers of its
 * protocol: a service of a test is well, unwell, unknown or never answered for.
 */
final class HealthService implements AutoCloseable {
  static final int UNKNOWN = 0;
  static final int SERVING = 1;
  static final int NOT_SERVING = 2;

  /** A status that the protocol does not have: the call gets no answer. */
  static final int SILENT = -1;

  private static final Metadata.Key<String> TENANT =
      Metadata.Key.of("x-tenant", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<Asked> ASKED = Context.key("asked");

  /**
   * A check as it came.
   *
   * @param tenant of its metadata; "none" without
   * @param service that it asks about; set once the message has come
   */
  record Asked(String authority, String tenant, String service) {}

  private final Server server;
  final Map<String, Integer> statuses = new ConcurrentHashMap<>();
  final List<Asked> asked = new CopyOnWriteArrayList<>();

  private HealthService(boolean implemented) throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    if (implemented) {
      builder.addService(service());
    }
    server = builder.intercept(new Head()).build().start();
  }

  /** Starts one that answers for the services of {@link #statuses}. */
  static HealthService start(Map<String, Integer> statuses) throws IOException {
    HealthService made = new HealthService(true);
    made.statuses.putAll(statuses);
    return made;
  }

  /** Starts a server of gRPC that has no such service. */
  static HealthService absent() throws IOException {
    return new HealthService(false);
  }

  int port() {
    return server.getPort();
  }

  private ServerServiceDefinition service() {
    MethodDescriptor<String, Integer> check =
        MethodDescriptor.<String, Integer>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("grpc.health.v1.Health/Check")
            .setRequestMarshaller(new Request())
            .setResponseMarshaller(new Response())
            .build();
    return ServerServiceDefinition.builder("grpc.health.v1.Health")
        .addMethod(check, ServerCalls.asyncUnaryCall(this::answer))
        .build();
  }

  private void answer(String service, StreamObserver<Integer> reply) {
    Asked head = ASKED.get();
    asked.add(new Asked(head.authority(), head.tenant(), service));
    Integer status = statuses.get(service);
    if (status == null) {
      reply.onError(Status.NOT_FOUND.withDescription("unknown service").asRuntimeException());
    } else if (status != SILENT) {
      reply.onNext(status);
      reply.onCompleted();
    }
  }

  /** Takes note of what comes before the message. */
  private static final class Head implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      String tenant = headers.get(TENANT);
      Asked seen =
          new Asked(String.valueOf(call.getAuthority()), tenant == null ? "none" : tenant, "");
      return Contexts.interceptCall(Context.current().withValue(ASKED, seen), call, headers, next);
    }
  }

  /** HealthCheckRequest: the service is its first field. */
  private static final class Request implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      throw new UnsupportedOperationException("a server sends no request");
    }

    @Override
    public String parse(InputStream stream) {
      try {
        CodedInputStream in = CodedInputStream.newInstance(stream);
        String service = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
          if (tag != 0x0A) {
            throw new IOException("field " + tag + " (expected: service alone)");
          }
          service = in.readStringRequireUtf8();
        }
        return service;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** HealthCheckResponse: the status is its first field, and one that is zero is not written. */
  private static final class Response implements MethodDescriptor.Marshaller<Integer> {
    @Override
    public InputStream stream(Integer value) {
      byte[] bytes = new byte[value == UNKNOWN ? 0 : CodedOutputStream.computeEnumSize(1, value)];
      try {
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        if (value != UNKNOWN) {
          out.writeEnum(1, value);
        }
        out.checkNoSpaceLeft();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public Integer parse(InputStream stream) {
      throw new UnsupportedOperationException("a server reads no response");
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
