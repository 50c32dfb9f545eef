package dev.hawser.agent.capture;

import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.config.AgentFiles;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.host.identity.IdentityException;
import dev.hawser.host.identity.IdentityOptions;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Opens a new connection to the control plane as the agent does: TCP, the handshake in which each
 * side proves itself to the other, and HTTP/2.
 */
public final class ControlPlaneDial {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private ControlPlaneDial() {}

  /**
   * Dials one address after the other.
   *
   * @return the first that answered
   * @throws IdentityException if there is no valid identity
   * @throws Unreachable if none answered
   */
  public static String first(AgentFiles files, AgentConfig config)
      throws IdentityException, InterruptedException, Unreachable {
    IdentityOptions options =
        IdentityOptions.of(files.directory()).withControlPlane(config.controlPlane());
    List<String> tried = new ArrayList<>();
    try (IdentityClient identity = IdentityClient.open(options)) {
      for (String address : identity.controlPlane()) {
        if (answers(identity.openChannel(address))) {
          return address;
        }
        tried.add(address);
      }
    }
    throw new Unreachable(
        tried.isEmpty()
            ? "no address of the control plane is known"
            : "the control plane does not answer at " + String.join(", ", tried));
  }

  /** No address answered. */
  public static final class Unreachable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreachable(String message) {
      super(message);
    }
  }

  private static boolean answers(ManagedChannel channel) throws InterruptedException {
    CountDownLatch ready = new CountDownLatch(1);
    try {
      watch(channel, channel.getState(true), ready);
      return ready.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      channel.shutdownNow();
      channel.awaitTermination(1, TimeUnit.SECONDS);
    }
  }

  private static void watch(ManagedChannel channel, ConnectivityState state, CountDownLatch ready) {
    if (state == ConnectivityState.READY) {
      ready.countDown();
    } else if (state != ConnectivityState.SHUTDOWN) {
      channel.notifyWhenStateChanged(state, () -> watch(channel, channel.getState(true), ready));
    }
  }
}
