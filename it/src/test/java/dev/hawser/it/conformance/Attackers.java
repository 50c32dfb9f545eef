package dev.hawser.it.conformance;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Threads of those who mean harm. They would have machines of their own; here they get what the
 * processes under attack leave, so that a figure is about these and not about who got a core.
 */
final class Attackers {
  private static final int LOWEST = 19;

  @SuppressWarnings("restricted") // a call of the C library, whose signature is known
  private static final MethodHandle SET_PRIORITY =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("setpriority"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT));

  private Attackers() {}

  /** Starts one. The threads that it makes get no more than it does. */
  static Thread start(Runnable task) {
    Thread thread = unstarted(task);
    thread.start();
    return thread;
  }

  /** Returns one that has not been started. */
  static Thread unstarted(Runnable task) {
    return Thread.ofPlatform()
        .daemon()
        .name("attacker")
        .unstarted(() -> {
          stepBack();
          task.run();
        });
  }

  /** On Linux this is about the calling thread alone (setpriority(2), "C library/kernel"). */
  private static void stepBack() {
    try {
      int failed = (int) SET_PRIORITY.invokeExact(0, 0, LOWEST);
      if (failed != 0) {
        throw new IllegalStateException("setpriority: " + failed);
      }
    } catch (Throwable e) {
      throw new AssertionError("cannot lower the priority of an attacker", e);
    }
  }
}
