package dev.hawser.testing.leak;

import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Netty's leak detector, which also remembers what it found. Netty makes it when the system
 * property {@code io.netty.customResourceLeakDetector} names it. Safe for use by many threads.
 *
 * @param <T> what may leak
 */
public final class LeakAlarm<T> extends ResourceLeakDetector<T> {
  private static final Queue<String> FOUND = new ConcurrentLinkedQueue<>();

  /** Called by Netty. */
  public LeakAlarm(Class<?> resource, int samplingInterval) {
    super(resource, samplingInterval);
  }

  /**
   * Called by no Netty of today, which complains all the same if it is not there.
   *
   * @param maxActive without meaning
   */
  public LeakAlarm(Class<?> resource, int samplingInterval, long maxActive) {
    this(resource, samplingInterval);
  }

  /** Returns what was found since the last call, each with the places that touched it last. */
  static List<String> takeFound() {
    List<String> taken = new ArrayList<>();
    for (String leak = FOUND.poll(); leak != null; leak = FOUND.poll()) {
      taken.add(leak);
    }
    return taken;
  }

  @Override
  protected void reportTracedLeak(String resourceType, String records) {
    super.reportTracedLeak(resourceType, records);
    if (!isForeign(records)) {
      FOUND.add(resourceType + " was not released before it was dropped:" + records);
    }
  }

  /**
   * Whether a report is of no concern: grpc-java drops what it has read but not yet handed over
   * when a channel is shut down under it, as tests of failures do on purpose.
   */
  public static boolean isForeign(String records) {
    boolean grpc =
        records.contains("\tio.grpc.")
            || records.contains("'NettyClientHandler#")
            || records.contains("'NettyServerHandler#");
    return grpc && !records.contains("\tdev.hawser.");
  }

  @Override
  protected void reportUntracedLeak(String resourceType) {
    super.reportUntracedLeak(resourceType);
    FOUND.add(resourceType + " was not released before it was dropped");
  }
}
