package dev.hawser.testing.leak;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class when a leak is found at its end. What is dropped at its very end may be found
 * at that of the next one; the places named in the message tell.
 */
public final class LeakCheck implements AfterAllCallback {
  @Override
  public void afterAll(ExtensionContext context) {
    if (context.getParent().flatMap(ExtensionContext::getTestClass).isPresent()) {
      return; // A nested class is checked with the one around it.
    }
    System.gc();
    // Netty looks for lost ones whenever it makes a buffer.
    UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release();
    UnpooledByteBufAllocator.DEFAULT.heapBuffer(1).release();
    List<String> leaks = LeakAlarm.takeFound();
    if (!leaks.isEmpty()) {
      throw new AssertionError(leaks.size() + " leaks:\n" + String.join("\n", leaks));
    }
  }
}
