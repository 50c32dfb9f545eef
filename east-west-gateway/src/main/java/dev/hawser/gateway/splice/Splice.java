package dev.hawser.gateway.splice;

import dev.hawser.engine.relay.Relay;
import dev.hawser.gateway.route.Backend;
import dev.hawser.gateway.route.RouteTable;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection that passes through. {@link #cut} and {@link #cutAfter} are for any thread, the
 * rest for its loop.
 */
final class Splice {
  private final String group;
  private final Backend backend;
  private final EventLoop loop;
  private @Nullable Relay relay;
  private @Nullable ScheduledFuture<?> end;

  Splice(String group, Backend backend, EventLoop loop) {
    this.group = group;
    this.backend = backend;
    this.loop = loop;
  }

  Backend backend() {
    return backend;
  }

  void joined(Relay through) {
    relay = through;
  }

  void ended() {
    if (end != null) {
      end.cancel(false);
    }
  }

  boolean isAllowedBy(RouteTable table) {
    return table.stillLeadsTo(group, backend);
  }

  void cut(String reason) {
    loop.execute(() -> {
      if (relay != null) {
        relay.cut(reason);
      }
    });
  }

  /**
   * Ends it after a while, unless the table of that time leads here again.
   *
   * @param table of the moment when the time is over
   */
  void cutAfter(Duration grace, Supplier<RouteTable> table) {
    loop.execute(() -> {
      if (end == null) {
        end =
            loop.schedule(
                () -> {
                  end = null;
                  if (!isAllowedBy(table.get())) {
                    cut("withdrawn");
                  }
                },
                grace.toMillis(),
                TimeUnit.MILLISECONDS);
      }
    });
  }
}
