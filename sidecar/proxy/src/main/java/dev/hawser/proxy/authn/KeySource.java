package dev.hawser.proxy.authn;

import dev.hawser.proxy.jwt.KeySet;
import dev.hawser.proxy.worker.Worker;
import org.jspecify.annotations.Nullable;

/** The keys of a provider. Safe for use by any worker. */
interface KeySource {
  /** Returns the keys at this moment; null if there are none. */
  @Nullable KeySet keys();

  /** Has keys be fetched if they are old or missing; returns whether it is worth waiting for. */
  boolean isWorthAWait(Worker worker);

  /** A token names a key that is not there: returns whether new keys are on their way. */
  boolean isRenewing(Worker worker);

  /** Waits for the fetch that is under way; {@code then} runs once on the worker's loop, later. */
  void await(Worker worker, Runnable then);

  /** Keys that never change. */
  record Fixed(KeySet set) implements KeySource {
    @Override
    public KeySet keys() {
      return set;
    }

    @Override
    public boolean isWorthAWait(Worker worker) {
      return false;
    }

    @Override
    public boolean isRenewing(Worker worker) {
      return false;
    }

    @Override
    public void await(Worker worker, Runnable then) {
      worker.loop().execute(then);
    }
  }
}
