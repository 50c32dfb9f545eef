package dev.hawser.controlplane.state;

import java.util.List;
import java.util.Optional;

/**
 * Keeps small documents, each under a kind and a key, and changes one document at a time by compare
 * and set. Nothing that was acknowledged is lost; a document that cannot be read is reported and
 * never hides the others.
 *
 * <p>Keys are texts of 1-200 characters without control characters; a document has at most {@link
 * #MAX_DOCUMENT} bytes. Methods block (file or network) and may be called from any thread, but
 * never from an event loop.
 */
public interface StateStore extends AutoCloseable {
  /** Bytes in one document; a Kubernetes object holds at most 1 MiB. */
  int MAX_DOCUMENT = 768 * 1024;

  /** The version of a document that does not exist; a put that expects it creates. */
  String ABSENT = "";

  /** Returns the document, or empty if there is none. */
  Optional<StoredDocument> get(StateKind kind, String key);

  /** Returns every readable document of a kind, ordered by key. */
  List<StoredDocument> list(StateKind kind);

  /**
   * Writes a document if its version is still the expected one.
   *
   * @param expectedVersion the version that was read, or {@link #ABSENT} to create
   * @return the stored document with its new version
   * @throws StaleVersionException if it was changed, created or deleted since
   * @throws StateUnavailableException if the store cannot be reached or written
   */
  StoredDocument put(StateKind kind, String key, byte[] content, String expectedVersion)
      throws StaleVersionException;

  /**
   * Deletes a document if its version is still the expected one.
   *
   * @throws StaleVersionException if it was changed or deleted since
   */
  void delete(StateKind kind, String key, String expectedVersion) throws StaleVersionException;

  /**
   * Returns the documents that were found unreadable and set aside, now or by an earlier process.
   * They count as absent for every other method, so whoever would make a new one in their place has
   * to look here first.
   */
  List<Damaged> damaged();

  /**
   * A document that cannot be read.
   *
   * @param where the file or object that holds what is left of it
   * @param reason a sentence fragment
   */
  record Damaged(StateKind kind, String where, String reason) {}

  /**
   * Writes a document whatever its version is: for values that have one writer.
   *
   * @return the stored document with its new version
   */
  default StoredDocument replace(StateKind kind, String key, byte[] content) {
    while (true) {
      String version = get(kind, key).map(StoredDocument::version).orElse(ABSENT);
      try {
        return put(kind, key, content, version);
      } catch (StaleVersionException _) {
        // Another writer came between: its value is the one to replace now.
      }
    }
  }

  /** Deletes a document whatever its version is; does nothing if there is none. */
  default void remove(StateKind kind, String key) {
    while (true) {
      Optional<StoredDocument> found = get(kind, key);
      if (found.isEmpty()) {
        return;
      }
      try {
        delete(kind, key, found.get().version());
        return;
      } catch (StaleVersionException _) {
        // Another writer came between: look again.
      }
    }
  }

  @Override
  void close();
}
