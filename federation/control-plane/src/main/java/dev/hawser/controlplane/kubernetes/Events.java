package dev.hawser.controlplane.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/**
 * Passes on what an informer sees of one kind.
 *
 * @param relevant whether an update from one to the other matters
 * @param changed told of each object that came, changed or went
 */
record Events<T extends HasMetadata>(
    Informers.Changes changes, BiPredicate<T, T> relevant, Consumer<T> changed)
    implements ResourceEventHandler<T> {
  @Override
  public void onAdd(T added) {
    changed.accept(added);
  }

  @Override
  public void onUpdate(T before, T after) {
    if (relevant.test(before, after)) {
      changed.accept(before);
      changed.accept(after);
    }
  }

  /**
   * @param missedInList true if the deletion itself was never seen, only that a new list does not
   *     have it
   */
  @Override
  public void onDelete(T deleted, boolean missedInList) {
    if (missedInList) {
      changes.relisted();
    }
    changed.accept(deleted);
  }
}
