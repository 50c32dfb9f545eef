package dev.hawser.bench.measure;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The processor time of a process, all its threads since its start included, also those that have
 * ended: user and system time in nanoseconds. It is what {@code /proc/PID/stat} counts in steps of
 * ten milliseconds, read from the clock that {@code clock_getcpuclockid(3)} names.
 */
public final class CpuClock {
  private static final long NANOS = 1_000_000_000L;

  /** {@code CPUCLOCK_SCHED} of a whole process; see {@code clock_getcpuclockid(3)}. */
  private static final int SCHEDULED = 2;

  private static final MethodHandle CLOCK_GETTIME = handle();

  private CpuClock() {}

  @SuppressWarnings("restricted") // The one call of C in the bench; the JDK has no such clock.
  private static MethodHandle handle() {
    Linker linker = Linker.nativeLinker();
    SymbolLookup lookup = linker.defaultLookup();
    return linker.downcallHandle(
        lookup.findOrThrow("clock_gettime"),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
  }

  /**
   * Reads a process's clock.
   *
   * @throws IllegalStateException if there is no such process
   */
  public static long nanos(long pid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(ValueLayout.JAVA_LONG, 2);
      int clock = (int) (~pid << 3) | SCHEDULED;
      int answer = (int) CLOCK_GETTIME.invokeExact(clock, time);
      if (answer != 0) {
        throw new IllegalStateException("no processor clock of process " + pid + ": has it ended?");
      }
      return time.getAtIndex(ValueLayout.JAVA_LONG, 0) * NANOS
          + time.getAtIndex(ValueLayout.JAVA_LONG, 1);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
