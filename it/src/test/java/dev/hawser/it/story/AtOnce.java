package dev.hawser.it.story;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does several slow things at the same time; closed, it waits for all of them. */
final class AtOnce implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Begins one. */
  <T> Future<T> begin(Callable<T> task) {
    return threads.submit(task);
  }

  /** Begins one that leaves nothing. */
  Future<?> begin(Runnable task) {
    return threads.submit(task);
  }

  /** Waits for a result; a failure of the task is a failure of the story. */
  static <T> T result(Future<T> task) {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    threads.close();
  }
}
