package dev.hawser.controlplane.state;

import java.nio.charset.StandardCharsets;

/** A document as it was read or written; the content is a copy of the caller's own. */
public final class StoredDocument {
  private final String key;
  private final byte[] content;
  private final String version;

  public StoredDocument(String key, byte[] content, String version) {
    this.key = key;
    this.content = content.clone();
    this.version = version;
  }

  public String key() {
    return key;
  }

  public byte[] content() {
    return content.clone();
  }

  /** Returns the content read as UTF-8. */
  public String text() {
    return new String(content, StandardCharsets.UTF_8);
  }

  /** Returns an opaque version; it changes with every write. */
  public String version() {
    return version;
  }
}
