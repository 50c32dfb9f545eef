package dev.hawser.agent.status;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks the agent that runs from a data directory. */
public final class StatusClient {
  private final Path socket;
  private final Duration patience;

  public StatusClient(Path socket, Duration patience) {
    this.socket = socket;
    this.patience = patience;
  }

  /**
   * Asks.
   *
   * @return empty if no agent runs there
   * @throws IOException if one runs and does not answer in time, as one that is frozen
   */
  public Optional<String> ask(String word) throws IOException, InterruptedException {
    if (!Files.exists(socket)) {
      return Optional.empty();
    }
    FutureTask<String> exchange = new FutureTask<>(() -> exchange(word));
    Thread thread = Thread.ofVirtual().start(exchange);
    try {
      return Optional.of(exchange.get(patience.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      thread.interrupt();
      throw new IOException(
          "the agent runs but has not answered for " + patience.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ConnectException) {
        return Optional.empty();
      }
      throw new IOException("the agent could not be asked: " + e.getMessage(), e);
    }
  }

  private String exchange(String word) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      Channels.newOutputStream(channel).write((word + "\n").getBytes(StandardCharsets.UTF_8));
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
