package dev.hawser.controlplane.admin;

import dev.hawser.trust.svid.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The bearer credential of the administration API: 256 random bits in a file that only the owner
 * may read, made at the first start. Whoever can read the file is the administrator.
 */
public final class AdminCredential {
  private static final String FILE = "admin-token";
  private static final String SCHEME = "Bearer ";
  private static final int RANDOM_BYTES = 32;
  private static final int MIN_LENGTH = 32;
  private static final int MAX_LENGTH = 512;

  private final byte[] secret;

  private AdminCredential(byte[] secret) {
    this.secret = secret;
  }

  /**
   * Reads the credential, or makes it.
   *
   * @throws IOException if the file cannot be used, others may read it, or it holds too little to
   *     be a secret
   */
  public static AdminCredential open(Path dataDirectory) throws IOException {
    Path file = dataDirectory.resolve(FILE);
    if (!Files.exists(file)) {
      byte[] random = new byte[RANDOM_BYTES];
      new SecureRandom().nextBytes(random);
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n";
      PrivateFiles.write(file, text.getBytes(StandardCharsets.US_ASCII));
    }
    PrivateFiles.requirePrivate(file);
    byte[] content = PrivateFiles.read(file, MAX_LENGTH);
    String secret = new String(content, StandardCharsets.US_ASCII).strip();
    if (secret.length() < MIN_LENGTH) {
      throw new IOException(
          file
              + ": "
              + secret.length()
              + " characters (expected: at least "
              + MIN_LENGTH
              + "; remove the file to have a new one made)");
    }
    return new AdminCredential(secret.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Whether an Authorization header carries the credential; takes the same time for every wrong one
   * of its length.
   */
  boolean matches(@Nullable String authorization) {
    if (authorization == null
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    String shown = authorization.substring(SCHEME.length()).strip();
    return MessageDigest.isEqual(secret, shown.getBytes(StandardCharsets.UTF_8));
  }
}
