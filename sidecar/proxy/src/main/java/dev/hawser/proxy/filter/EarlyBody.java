package dev.hawser.proxy.filter;

import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.worker.Timer;
import java.time.Duration;
import java.util.function.Consumer;

/** Has the beginning of a body come in, for filters that must see it before they decide. */
public final class EarlyBody {
  /** Whoever sends a body so slowly is not waited for. */
  private static final Duration TIME = Duration.ofSeconds(30);

  private EarlyBody() {}

  /**
   * Waits; the filter's outcome must be {@link Outcome.Wait}. A body that does not come in time is
   * answered 408.
   *
   * @param most bytes that are wanted
   * @param then run once, later, on the event loop, with as many as there are
   */
  public static void await(FilterCall call, int most, Consumer<byte[]> then) {
    Timer late =
        new Timer(() -> call.resume(new Outcome.Answer(new LocalReply(408, "", "", "body late"))));
    call.worker().timers().arm(late, TIME.toNanos());
    call.onEnd(() -> call.worker().timers().cancel(late));
    call.awaitBody(
        most,
        () -> {
          if (late.isArmed()) {
            call.worker().timers().cancel(late);
            then.accept(call.body(most));
          }
        });
  }
}
