package dev.hawser.proxy.context;

import dev.hawser.proxy.http.ServerConnection;
import dev.hawser.proxy.http.StreamListener;
import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.Worker;
import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a connection that carries requests comes to its end: told to, or because the configuration
 * has no place for it any more. Lives on its event loop.
 */
public final class CalmEnd {
  /** How long a client may take to say its first byte once the drain has begun. */
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What is not allowed any more is gone within five seconds, whatever is under way on it. */
  private static final long GONE_NANOS = TimeUnit.SECONDS.toNanos(4);

  private final Worker worker;
  private final Channel channel;
  private @Nullable ServerConnection requests;
  private boolean draining;
  private boolean leaving;

  /** Makes one for a connection whose client has not said yet what it speaks. */
  public CalmEnd(Worker worker, Channel channel) {
    this.worker = worker;
    this.channel = channel;
  }

  /** The client has said what it speaks. */
  public void speaks(ServerConnection connection) {
    requests = connection;
    if (draining) {
      // Its handler is not in the pipeline before this task is over.
      worker.loop().execute(connection::drain);
    }
  }

  /** What has begun is completed; a first request that is on its way is, too. */
  public void drain() {
    if (draining) {
      return;
    }
    draining = true;
    ServerConnection present = requests;
    if (present != null) {
      present.drain();
    } else {
      worker.timers().arm(new Timer(this::closeIfSilent), SILENCE_NANOS);
    }
  }

  private void closeIfSilent() {
    if (requests == null) {
      cut();
    }
  }

  /** Ends at once, past what would wait in the pipeline for streams under way. */
  public void cut() {
    channel.unsafe().close(channel.voidPromise());
  }

  public boolean isBusy() {
    return requests != null && requests.isBusy();
  }

  /**
   * The configuration has changed.
   *
   * @param stays whether there is still a place for the connection
   */
  public void reconsider(boolean stays) {
    if (!stays && !leaving) {
      leaving = true;
      drain();
      worker.timers().arm(new Timer(this::cut), GONE_NANOS);
    } else if (stays && requests != null) {
      requests.eachRequest(StreamListener::reconsider);
    }
  }
}
