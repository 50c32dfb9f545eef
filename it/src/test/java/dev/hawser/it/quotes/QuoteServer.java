package dev.hawser.it.quotes;

import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;

/** Answers every call with its own name and with whom its proxy took the caller for. */
public final class QuoteServer {
  private static final Metadata.Key<String> CALLER =
      Metadata.Key.of("x-forwarded-client-cert", Metadata.ASCII_STRING_MARSHALLER);

  private QuoteServer() {}

  /**
   * Runs until it is killed.
   *
   * @param args its name, the IP address and the port that it listens on
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    String instance = args[0];
    ServerCallHandler<String, String> handler =
        (call, headers) -> new Answer(instance, call, headers);
    Server server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(args[1], Integer.parseInt(args[2])),
                InsecureServerCredentials.create())
            .addService(
                ServerServiceDefinition.builder("shop.Quotes")
                    .addMethod(Quotes.GET, handler)
                    .build())
            .build()
            .start();
    System.out.println(instance + " listens on port " + server.getPort());
    server.awaitTermination();
  }

  private static final class Answer extends ServerCall.Listener<String> {
    private final String instance;
    private final ServerCall<String, String> call;
    private final String caller;

    Answer(String instance, ServerCall<String, String> call, Metadata headers) {
      this.instance = instance;
      this.call = call;
      this.caller = Objects.requireNonNullElse(headers.get(CALLER), "nobody");
      call.request(1);
    }

    @Override
    public void onMessage(String question) {
      call.sendHeaders(new Metadata());
      call.sendMessage(instance + " " + caller);
    }

    @Override
    public void onHalfClose() {
      call.close(Status.OK, new Metadata());
    }
  }
}
