package dev.hawser.trust.svid;

import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.x509.Certificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One identity on disk: {@code key.pem}, {@code svid.pem} and {@code bundles.json} in a directory
 * of mode 0700, each of mode 0600.
 *
 * <p>Key and certificate change together: both are links through {@code current}, which points to
 * the folder of one generation and moves in one step, so neither a crash nor another program that
 * reads them (gRPC's file watcher) sees a pair that does not match. One process writes; the methods
 * are safe for its threads.
 */
public final class SvidStore {
  private static final String KEY = "key.pem";
  private static final String CHAIN = "svid.pem";
  private static final String BUNDLES = "bundles.json";
  private static final String CURRENT = "current";
  private static final String GENERATION = "generation-";

  private static final int MAX_PEM = 256 * 1024;
  private static final int MAX_BUNDLES = 4 * 1024 * 1024;

  private final Path directory;

  /** Names the directory; nothing is read or made yet. */
  public SvidStore(Path directory) {
    this.directory = directory;
  }

  /** Returns where the private key is, as PEM. */
  public Path keyFile() {
    return directory.resolve(KEY);
  }

  /** Returns where the leaf and its intermediate are, as PEM. */
  public Path chainFile() {
    return directory.resolve(CHAIN);
  }

  /** Returns where the trust bundles are, as JSON. */
  public Path bundlesFile() {
    return directory.resolve(BUNDLES);
  }

  /**
   * Replaces key and certificate.
   *
   * @throws IOException if they cannot be written; the old ones are still in place then
   */
  public synchronized void save(Svid svid) throws IOException {
    PrivateFiles.createDirectory(directory);
    long newest = generations().stream().mapToLong(SvidStore::number).max().orElse(0);
    Path generation = directory.resolve(GENERATION + (newest + 1));
    PrivateFiles.createDirectory(generation);
    PrivateFiles.write(generation.resolve(KEY), ascii(KeyMaterial.toPem(svid.privateKey())));
    PrivateFiles.write(generation.resolve(CHAIN), ascii(Certificates.toPem(svid.chain())));
    PrivateFiles.link(keyFile(), Path.of(CURRENT, KEY));
    PrivateFiles.link(chainFile(), Path.of(CURRENT, CHAIN));
    PrivateFiles.replaceLink(directory.resolve(CURRENT), generation.getFileName());
    // The one before stays for a reader that has just followed the link.
    deleteOlderThan(newest);
  }

  /**
   * Reads key and certificate.
   *
   * @return empty if none were saved yet
   * @throws IOException if they cannot be read, do not belong together, or others may read the key;
   *     the message names the file and says what to do
   */
  public synchronized Optional<Svid> load() throws IOException {
    Optional<Path> generation = currentGeneration();
    while (generation.isPresent()) {
      try {
        return Optional.of(read(generation.get()));
      } catch (NoSuchFileException e) {
        // A writer in another process was two generations faster than this reader.
        Optional<Path> newer = currentGeneration();
        if (newer.equals(generation)) {
          throw e;
        }
        generation = newer;
      }
    }
    return Optional.empty();
  }

  /**
   * Replaces the bundles.
   *
   * @throws IOException if they cannot be written; the old ones are still in place then
   */
  public synchronized void saveBundles(TrustBundles bundles) throws IOException {
    PrivateFiles.createDirectory(directory);
    PrivateFiles.write(bundlesFile(), bundles.toJson().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads the bundles.
   *
   * @return empty if none were saved yet
   * @throws IOException if they cannot be read
   */
  public synchronized Optional<TrustBundles> loadBundles() throws IOException {
    try {
      return Optional.of(TrustBundles.fromJson(text(bundlesFile(), MAX_BUNDLES)));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new IOException(
          bundlesFile() + ": " + e.getMessage() + " (remove it and join again with a new token)",
          e);
    }
  }

  private Optional<Path> currentGeneration() throws IOException {
    try {
      return Optional.of(directory.resolve(CURRENT).toRealPath());
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  private Svid read(Path generation) throws IOException {
    Path keyFile = generation.resolve(KEY);
    PrivateFiles.requirePrivate(keyFile);
    try {
      PrivateKey key = KeyMaterial.privateKeyFromPem(text(keyFile, MAX_PEM));
      List<X509Certificate> chain = Certificates.parsePem(text(generation.resolve(CHAIN), MAX_PEM));
      return Svid.of(key, chain);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          generation
              + ": "
              + e.getMessage()
              + " (remove "
              + directory.resolve(CURRENT)
              + " and join again with a new token)",
          e);
    }
  }

  private void deleteOlderThan(long kept) throws IOException {
    for (Path generation : generations()) {
      if (number(generation) < kept) {
        Files.deleteIfExists(generation.resolve(KEY));
        Files.deleteIfExists(generation.resolve(CHAIN));
        Files.deleteIfExists(generation);
      }
    }
  }

  private List<Path> generations() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(entry -> number(entry) > 0).toList();
    }
  }

  /** Returns the number in the folder's name, or 0 for anything else. */
  private static long number(Path entry) {
    String name = entry.getFileName().toString();
    if (!name.matches(GENERATION + "[1-9][0-9]{0,17}")) {
      return 0;
    }
    return Long.parseLong(name.substring(GENERATION.length()));
  }

  private static String text(Path file, int maxBytes) throws IOException {
    return new String(PrivateFiles.read(file, maxBytes), StandardCharsets.UTF_8);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
