package dev.hawser.host.identity;

import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.svid.PrivateFiles;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.svid.SvidStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Optional;

/** Keeps an identity in the data directory; every error says what a person does about it. */
final class IdentityFiles {
  private static final String PENDING = "pending-key.pem";

  private final IdentityOptions options;
  private final SvidStore store;
  private final EnrolmentFile enrolmentFile;

  IdentityFiles(IdentityOptions options) {
    this.options = options;
    this.store = new SvidStore(options.dataDir());
    this.enrolmentFile = new EnrolmentFile(options.dataDir());
  }

  /** Makes the data directory. */
  void prepare() throws IdentityException {
    try {
      PrivateFiles.createDirectory(options.dataDir());
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /**
   * Returns the key to enrol with, the same until an identity is saved: a token whose redemption
   * was answered, but not heard, is answered again to this key alone.
   */
  KeyPair pendingKey() throws IdentityException {
    Path file = options.dataDir().resolve(PENDING);
    try {
      if (Files.exists(file)) {
        return KeyMaterial.pair(KeyMaterial.privateKeyFromPem(Files.readString(file)));
      }
      KeyPair key = KeyMaterial.generate();
      PrivateFiles.write(
          file, KeyMaterial.toPem(key.getPrivate()).getBytes(StandardCharsets.US_ASCII));
      return key;
    } catch (IOException e) {
      throw unwritable(e);
    } catch (IllegalArgumentException e) {
      throw new IdentityException(
          IdentityException.LOCAL,
          file + " cannot be used: " + e.getMessage(),
          "remove it and join again",
          e);
    }
  }

  /** Returns what is there; empty if a part is missing. */
  Optional<Identity> read() throws IdentityException {
    try {
      Optional<Svid> svid = store.load();
      Optional<TrustBundles> bundles = store.loadBundles();
      Optional<Enrolment> enrolment = enrolmentFile.read();
      if (svid.isEmpty() || bundles.isEmpty() || enrolment.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          new Identity(svid.get(), bundles.get(), enrolment.get(), options.clock().instant()));
    } catch (IOException e) {
      throw new IdentityException(
          IdentityException.LOCAL,
          "the stored identity cannot be read: " + e.getMessage(),
          "run as the user that owns " + options.dataDir() + ", or remove it and join again",
          e);
    }
  }

  void save(Identity identity) throws IdentityException {
    try {
      // Bundles first: a crash in between leaves a certificate that its bundles still verify.
      store.saveBundles(identity.bundles());
      enrolmentFile.write(identity.enrolment());
      store.save(identity.svid());
      Files.deleteIfExists(options.dataDir().resolve(PENDING));
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  void saveBundles(TrustBundles bundles) throws IdentityException {
    try {
      store.saveBundles(bundles);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private IdentityException unwritable(IOException e) {
    return new IdentityException(
        IdentityException.LOCAL,
        "the identity cannot be kept in " + options.dataDir() + ": " + e.getMessage(),
        "check the directory's owner, its permissions and the free space",
        e);
  }
}
