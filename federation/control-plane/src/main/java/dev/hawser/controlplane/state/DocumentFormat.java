package dev.hawser.controlplane.state;

import java.io.ByteArrayOutputStream;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * How one document lies in its file: a line {@code hawser-state/1 <version> <sha-256 of the rest>},
 * a line with the key, then the content as it is. The digest covers key and content, so a torn or
 * edited file is noticed.
 */
final class DocumentFormat {
  private static final String MAGIC = "hawser-state/1";
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final HexFormat HEX = HexFormat.of();
  private static final int MAX_NAME = 200;

  private DocumentFormat() {}

  /** The file is not what {@link #encode} wrote; the message is a sentence fragment. */
  static final class DamagedException extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    private final String reason;

    DamagedException(String reason) {
      super(reason);
      this.reason = reason;
    }

    String reason() {
      return reason;
    }
  }

  /** Random, so that a document deleted and made again never has a version it had before. */
  static String newVersion() {
    byte[] bytes = new byte[12];
    RANDOM.nextBytes(bytes);
    return HEX.formatHex(bytes);
  }

  static byte[] encode(StoredDocument document) {
    byte[] key = document.key().getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(key);
    body.write('\n');
    body.writeBytes(document.content());
    byte[] rest = body.toByteArray();
    String head = MAGIC + " " + document.version() + " " + digest(rest) + "\n";
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    whole.writeBytes(rest);
    return whole.toByteArray();
  }

  static StoredDocument decode(byte[] file) throws DamagedException {
    int headEnd = indexOfNewline(file, 0);
    String[] head = new String(file, 0, headEnd, StandardCharsets.US_ASCII).split(" ", -1);
    if (head.length != 3 || !head[0].equals(MAGIC)) {
      throw new DamagedException("its first line is not '" + MAGIC + " <version> <digest>'");
    }
    byte[] rest = Arrays.copyOfRange(file, headEnd + 1, file.length);
    if (!digest(rest).equals(head[2])) {
      throw new DamagedException("its digest does not match its content");
    }
    int keyEnd = indexOfNewline(rest, 0);
    try {
      String key =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(rest, 0, keyEnd)).toString();
      byte[] content = Arrays.copyOfRange(rest, keyEnd + 1, rest.length);
      return new StoredDocument(key, content, head[1]);
    } catch (CharacterCodingException _) {
      throw new DamagedException("its key is not UTF-8");
    }
  }

  /**
   * Returns the file name of a key: readable where that is possible, else by digest. Two keys never
   * share a name.
   */
  static String fileName(String key) {
    StringBuilder name = new StringBuilder();
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
      boolean inner = (c == '.' || c == '_') && !name.isEmpty();
      if (plain || inner) {
        name.append(c);
      } else {
        name.append('%').append(HEX.toHexDigits((byte) c));
      }
    }
    String digest = digest(key.getBytes(StandardCharsets.UTF_8));
    return name.length() <= MAX_NAME ? name.toString() : "%%" + digest;
  }

  static String digest(byte[] bytes) {
    try {
      return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing from this JDK", e);
    }
  }

  private static int indexOfNewline(byte[] bytes, int from) throws DamagedException {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    throw new DamagedException("it is cut short (" + bytes.length + " bytes)");
  }
}
