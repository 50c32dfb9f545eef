package dev.hawser.controlplane.registry;

/** Where a {@link ServiceRegistry} reports to. Both calls must return soon and not throw. */
public interface RegistryWatcher {
  /** The source's new whole state: it replaces the one before and ends any trouble. */
  void onState(RegistryState state);

  /**
   * The source cannot be read at present: its last state stands.
   *
   * @param source as {@link ServiceRegistry#source}
   * @param detail a sentence for people: what was tried, what came back
   */
  void onTrouble(String source, String detail);
}
