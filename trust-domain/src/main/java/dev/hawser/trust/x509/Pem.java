package dev.hawser.trust.x509;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Textual encoding of keys and certificates, RFC 7468. */
public final class Pem {
  /** Characters that are read at most: about a hundred certificates. */
  public static final int MAX_LENGTH = 256 * 1024;

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  private Pem() {}

  /** Returns one block with lines of 64 characters and a final line feed. */
  public static String encode(String label, byte[] der) {
    byte[] lineFeed = {'\n'};
    return BEGIN
        + label
        + DASHES
        + "\n"
        + Base64.getMimeEncoder(64, lineFeed).encodeToString(der)
        + "\n"
        + END
        + label
        + DASHES
        + "\n";
  }

  /**
   * Returns the contents of every block with the label, in order; text between blocks is a comment.
   *
   * @throws CertificateFormatException if a block with another label is there, one does not end, or
   *     is not base64
   */
  public static List<byte[]> decode(String label, String text) {
    if (text.length() > MAX_LENGTH) {
      throw new CertificateFormatException(
          "PEM: " + text.length() + " characters (expected: at most " + MAX_LENGTH + ")");
    }
    List<byte[]> blocks = new ArrayList<>();
    int at = text.indexOf(BEGIN);
    while (at >= 0) {
      int labelEnd = text.indexOf(DASHES, at + BEGIN.length());
      if (labelEnd < 0) {
        throw new CertificateFormatException("PEM: the line at index " + at + " does not end");
      }
      String found = text.substring(at + BEGIN.length(), labelEnd);
      if (!found.equals(label)) {
        throw new CertificateFormatException(
            "PEM: block '" + printable(found) + "' (expected: '" + label + "')");
      }
      String endLine = END + label + DASHES;
      int end = text.indexOf(endLine, labelEnd);
      if (end < 0) {
        throw new CertificateFormatException(
            "PEM: block '" + label + "' at index " + at + " does not end: is the file cut off?");
      }
      blocks.add(base64(label, text.substring(labelEnd + DASHES.length(), end)));
      at = text.indexOf(BEGIN, end + endLine.length());
    }
    return blocks;
  }

  private static byte[] base64(String label, String body) {
    try {
      return Base64.getDecoder()
          .decode(body.replaceAll("\\s", "").getBytes(StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException e) {
      throw new CertificateFormatException("PEM: block '" + label + "' is not base64", e);
    }
  }

  private static String printable(String value) {
    String shown = value.length() > 40 ? value.substring(0, 40) + "..." : value;
    return shown.replaceAll("[^ -~]", "?");
  }
}
