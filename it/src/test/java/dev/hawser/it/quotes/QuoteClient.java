package dev.hawser.it.quotes;

import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.xds.XdsChannelCredentials;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Calls the service by grpc-java's own xDS, and prints what became of the calls. */
public final class QuoteClient {
  private QuoteClient() {}

  /**
   * Makes calls one after the other, each with a deadline.
   *
   * @param args the target, {@code xds} or {@code insecure} credentials, the number of calls, and
   *     the deadline in seconds
   */
  public static void main(String[] args) throws InterruptedException {
    ChannelCredentials plain = InsecureChannelCredentials.create();
    ChannelCredentials credentials =
        args[1].equals("xds") ? XdsChannelCredentials.create(plain) : plain;
    int calls = Integer.parseInt(args[2]);
    CallOptions once = CallOptions.DEFAULT.withWaitForReady();
    ManagedChannel channel = Grpc.newChannelBuilder(args[0], credentials).build();
    Map<String, Integer> answers = new TreeMap<>();
    Set<String> failures = new TreeSet<>();
    int failed = 0;
    for (int i = 0; i < calls; i++) {
      try {
        String answer =
            ClientCalls.blockingUnaryCall(
                channel,
                Quotes.GET,
                once.withDeadlineAfter(Long.parseLong(args[3]), TimeUnit.SECONDS),
                "what is it worth?");
        answers.merge(answer, 1, Integer::sum);
      } catch (StatusRuntimeException e) {
        failed++;
        failures.add(e.getStatus().getCode() + ": " + e.getStatus().getDescription());
      }
    }
    System.out.println("RESULT " + calls + " calls, " + failed + " failed, answers " + answers);
    failures.forEach(failure -> System.out.println("FAILURE " + failure));
    channel.shutdownNow();
    channel.awaitTermination(5, TimeUnit.SECONDS);
  }
}
