package dev.hawser.proxy.authn;

import dev.hawser.proxy.jwt.KeySet;
import dev.hawser.proxy.worker.Worker;
import org.jspecify.annotations.Nullable;

/** The keys of a provider. Safe for use by any worker. */
interface KeySource {
  /** Returns the keys at this moment; null if there are none. */
  @Nullable KeySet keys();

  /** Has keys be fetched if they are old or missing. */
  void refresh(Worker worker);

  /**
   * Has keys be fetched, since a token was checked in vain; returns whether others than those it
   * was checked with are on their way, or have come meanwhile.
   *
   * @param seen what it was checked with; null if there were none
   */
  boolean isWorthAWait(Worker worker, @Nullable KeySet seen);

  /** Waits for the fetch that is under way; {@code then} runs once on the worker's loop, later. */
  void await(Worker worker, Runnable then);

  /** Keys that never change. */
  record Fixed(KeySet set) implements KeySource {
    @Override
    public KeySet keys() {
      return set;
    }

    @Override
    public void refresh(Worker worker) {
      // they stay as they are
    }

    @Override
    public boolean isWorthAWait(Worker worker, @Nullable KeySet seen) {
      return false;
    }

    @Override
    public void await(Worker worker, Runnable then) {
      worker.loop().execute(then);
    }
  }
}
