package dev.hawser.bench.rig;

import dev.hawser.bench.load.Target;
import dev.hawser.bench.measure.Memory;
import java.io.IOException;
import java.util.List;

/** A subject that is up: the processes that are measured, and where its load goes. */
public final class Rig implements AutoCloseable {
  private final Target target;
  private final List<Proc> measured;
  private final AutoCloseable rest;

  /**
   * Makes one.
   *
   * @param measured their cost is the subject's; closed with the rig
   * @param rest what else is to be closed with it, after them
   */
  Rig(Target target, List<Proc> measured, AutoCloseable rest) {
    this.target = target;
    this.measured = List.copyOf(measured);
    this.rest = rest;
  }

  /** Returns where the load goes. */
  public Target target() {
    return target;
  }

  /** Returns the processor time of all measured processes, in nanoseconds. */
  public long cpuNanos() {
    return measured.stream().mapToLong(Proc::cpuNanos).sum();
  }

  /** Returns how many processes are measured. */
  public int processes() {
    return measured.size();
  }

  /** Returns what all measured processes hold together. */
  public Memory memory() throws IOException {
    Memory sum = new Memory(0, 0);
    for (Proc proc : measured) {
      sum = sum.plus(proc.memory());
    }
    return sum;
  }

  /** Returns whether all measured processes run. */
  public boolean isAlive() {
    return measured.stream().allMatch(Proc::isAlive);
  }

  /** Returns the ends of all logs. */
  public String lastWords() {
    return String.join("\n", measured.stream().map(Proc::lastWords).toList());
  }

  @Override
  public void close() throws IOException {
    measured.forEach(Proc::close);
    try {
      rest.close();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
