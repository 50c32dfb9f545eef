package dev.hawser.testing.leak;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class when a leak is found at its end. What is dropped at its very end may be found
 * at that of the next one; the places named in the message tell.
 */
public final class LeakCheck implements AfterAllCallback {
  private static final long HANDED_OVER_MILLIS = 10_000;

  @Override
  public void afterAll(ExtensionContext context) {
    if (context.getParent().flatMap(ExtensionContext::getTestClass).isPresent()) {
      return; // A nested class is checked with the one around it.
    }
    collect();
    // Netty looks for lost ones whenever it makes a buffer.
    UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release();
    UnpooledByteBufAllocator.DEFAULT.heapBuffer(1).release();
    List<String> leaks = LeakAlarm.takeFound();
    if (!leaks.isEmpty()) {
      throw new AssertionError(leaks.size() + " leaks:\n" + String.join("\n", leaks));
    }
  }

  /** Collects, and waits until the collector has handed over what it found. */
  private static void collect() {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    Reference<Object> dropped = new WeakReference<>(new Object(), queue);
    System.gc();
    try {
      if (queue.remove(HANDED_OVER_MILLIS) == null) {
        throw new AssertionError("the collector did not hand over " + dropped);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
