package dev.hawser.controlplane.state;

/** What may be a key and a document, the same for every store. */
public final class StateKeys {
  private static final int MAX_LENGTH = 200;

  private StateKeys() {}

  /**
   * Returns the key if it is 1-200 characters without control characters.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static String require(String key) {
    boolean printable = key.chars().noneMatch(Character::isISOControl);
    if (key.isEmpty() || key.length() > MAX_LENGTH || !printable) {
      throw new IllegalArgumentException(
          "state key: '" + key + "' (expected: 1-200 characters, none of them control characters)");
    }
    return key;
  }

  /**
   * Refuses a document that is too long for some store.
   *
   * @throws IllegalArgumentException with the document's name and its length
   */
  public static void requireFits(StateKind kind, String key, byte[] content) {
    if (content.length > StateStore.MAX_DOCUMENT) {
      throw new IllegalArgumentException(
          "document "
              + kind.label()
              + "/"
              + key
              + " has "
              + content.length
              + " bytes (expected: at most "
              + StateStore.MAX_DOCUMENT
              + ")");
    }
  }
}
