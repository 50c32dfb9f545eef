package dev.hawser.engine.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One pair of connections whose bytes pass into each other.
 *
 * <p>A side that cannot take more stops the reading of the other; an end of one side's input ends
 * the other's output and leaves the way back open; a side that breaks off makes the other be reset,
 * so that its peer does not take half an answer for a whole one.
 *
 * <p>Everything but {@link #cut} is called on the event loop that both channels share.
 */
public final class Relay {
  private final Channel a;
  private final Channel b;
  private final RelayOptions options;
  private final Consumer<RelayResult> onEnd;
  private final long began = System.nanoTime();
  private final RelayHalf fromA;
  private final RelayHalf fromB;
  private long lastMove = began;
  private boolean ended;
  private @Nullable ScheduledFuture<?> idleTimer;

  private Relay(Channel a, Channel b, RelayOptions options, Consumer<RelayResult> onEnd) {
    this.a = a;
    this.b = b;
    this.options = options;
    this.onEnd = onEnd;
    this.fromA = new RelayHalf(this, b, true);
    this.fromB = new RelayHalf(this, a, false);
  }

  /**
   * Joins two channels. Adds one handler at the end of each pipeline and switches reading on.
   *
   * @param a by habit the side that connected to us; half closure should be allowed on both
   * @param onEnd called once, on the event loop
   * @throws IllegalArgumentException if the channels are on different loops
   */
  public static Relay splice(
      Channel a, Channel b, RelayOptions options, Consumer<RelayResult> onEnd) {
    if (!a.eventLoop().equals(b.eventLoop())) {
      throw new IllegalArgumentException(
          "relay: " + a + " and " + b + " are on different event loops (expected: one)");
    }
    Relay relay = new Relay(a, b, options, onEnd);
    a.pipeline().addLast("relay", relay.fromA);
    b.pipeline().addLast("relay", relay.fromB);
    relay.watchIdle(options.idleTimeout().toNanos());
    a.config().setAutoRead(true);
    b.config().setAutoRead(true);
    if (!a.isActive()) {
      relay.fromA.broken("closed before the relay began");
    } else if (!b.isActive()) {
      relay.fromB.broken("closed before the relay began");
    }
    return relay;
  }

  /** Returns the bytes read from a so far. */
  public long bytesAToB() {
    return fromA.bytes();
  }

  /** Returns the bytes read from b so far. */
  public long bytesBToA() {
    return fromB.bytes();
  }

  /** Resets both sides. Safe for use by any thread; does nothing once the relay has ended. */
  public void cut(String reason) {
    if (a.eventLoop().inEventLoop()) {
      end(RelayResult.Ending.CUT, reason);
    } else {
      a.eventLoop().execute(() -> end(RelayResult.Ending.CUT, reason));
    }
  }

  void moved(boolean aToB, int bytes) {
    options.meter().moved(aToB, bytes);
  }

  void burstEnded() {
    lastMove = System.nanoTime();
  }

  /** Called by a half when its input has ended and everything was handed on. */
  void halfEnded() {
    if (fromA.isDone() && fromB.isDone()) {
      end(RelayResult.Ending.COMPLETE, "");
    }
  }

  void broken(boolean sideA, String detail) {
    end(sideA ? RelayResult.Ending.RESET_BY_A : RelayResult.Ending.RESET_BY_B, detail);
  }

  private void end(RelayResult.Ending ending, String detail) {
    if (ended) {
      return;
    }
    ended = true;
    if (idleTimer != null) {
      idleTimer.cancel(false);
    }
    close(a, ending);
    close(b, ending);
    onEnd.accept(
        new RelayResult(
            fromA.bytes(),
            fromB.bytes(),
            Duration.ofNanos(System.nanoTime() - began),
            ending,
            detail));
  }

  private static void close(Channel channel, RelayResult.Ending ending) {
    if (ending != RelayResult.Ending.COMPLETE && channel.isActive()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    // Past the pipeline: a TLS handler would first try to say goodbye to a peer that is gone.
    if (ending == RelayResult.Ending.COMPLETE) {
      var _ = channel.close();
    } else {
      channel.unsafe().close(channel.voidPromise());
    }
  }

  private void watchIdle(long nanos) {
    idleTimer =
        a.eventLoop()
            .schedule(
                () -> {
                  long quiet = System.nanoTime() - lastMove;
                  long limit = options.idleTimeout().toNanos();
                  if (quiet >= limit) {
                    end(RelayResult.Ending.IDLE, "no byte for " + options.idleTimeout());
                  } else if (!ended) {
                    watchIdle(limit - quiet);
                  }
                },
                nanos,
                TimeUnit.NANOSECONDS);
  }
}
