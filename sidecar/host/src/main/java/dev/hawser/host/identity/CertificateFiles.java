package dev.hawser.host.identity;

import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.svid.PrivateFiles;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.x509.Certificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The identity as PEM files for other programs on the host: {@code tls.crt}, {@code tls.key} (0600)
 * and {@code ca.crt}, kept fresh.
 *
 * <p>The three change together: they are links into a directory that is replaced as one, as the
 * kubelet does it for secrets, so that a program which watches them never sees a key beside the
 * certificate of another.
 */
public final class CertificateFiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateFiles.class);
  private static final String DATA = "..data";
  private static final String VERSION_PREFIX = "..v-";
  private static final List<String> NAMES = List.of("tls.crt", "tls.key", "ca.crt");

  private final Path directory;
  private final IdentityClient identity;
  private final Registration registration;

  private CertificateFiles(Path directory, IdentityClient identity) {
    this.directory = directory;
    this.identity = identity;
    this.registration = identity.onChange(this::refresh);
  }

  /**
   * Writes the files and keeps them fresh until closed; they stay when it is.
   *
   * @throws IOException if they cannot be written now; a later failure is logged, and the files
   *     keep their last content
   */
  public static CertificateFiles keep(Path directory, IdentityClient identity) throws IOException {
    PrivateFiles.createDirectory(directory);
    CertificateFiles files = new CertificateFiles(directory, identity);
    files.write();
    return files;
  }

  /** Removes what {@link #keep} wrote; other files in the directory stay. */
  public static void remove(Path directory) throws IOException {
    for (String name : NAMES) {
      Path file = directory.resolve(name);
      if (Files.isSymbolicLink(file) && Files.readSymbolicLink(file).startsWith(DATA)) {
        Files.delete(file);
      }
    }
    Files.deleteIfExists(directory.resolve(DATA));
    if (Files.isDirectory(directory)) {
      removeVersions(directory, null);
    }
  }

  @Override
  public void close() {
    registration.close();
  }

  private void refresh() {
    try {
      write();
    } catch (IOException e) {
      LOG.error("Certificate files could not be refreshed. directory={}", directory, e);
    }
  }

  private synchronized void write() throws IOException {
    Optional<Svid> svid = identity.svid();
    if (svid.isEmpty()) {
      // The last files show by themselves that they have ended.
      return;
    }
    Path version = directory.resolve(VERSION_PREFIX + UUID.randomUUID());
    PrivateFiles.createDirectory(version);
    put(version, "tls.crt", Certificates.toPem(svid.get().chain()));
    put(version, "tls.key", KeyMaterial.toPem(svid.get().privateKey()));
    put(version, "ca.crt", Certificates.toPem(roots()));
    Path link = directory.resolve("..data-" + UUID.randomUUID());
    Files.createSymbolicLink(link, version.getFileName());
    Files.move(
        link,
        directory.resolve(DATA),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    for (String name : NAMES) {
      link(name);
    }
    removeVersions(directory, version);
  }

  /** The roots of every known trust domain, the own one's current root first. */
  private List<X509Certificate> roots() {
    Set<X509Certificate> roots = new LinkedHashSet<>();
    identity
        .bundles()
        .find(identity.enrolment().id().trustDomain())
        .map(TrustBundle::roots)
        .ifPresent(roots::addAll);
    identity.bundles().bundles().values().forEach(bundle -> roots.addAll(bundle.roots()));
    return List.copyOf(roots);
  }

  private static void put(Path version, String name, String pem) throws IOException {
    PrivateFiles.write(version.resolve(name), pem.getBytes(StandardCharsets.US_ASCII));
  }

  private void link(String name) throws IOException {
    Path file = directory.resolve(name);
    Path target = Path.of(DATA, name);
    if (Files.isSymbolicLink(file) && Files.readSymbolicLink(file).equals(target)) {
      return;
    }
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(
          file + " is there already and was not made by Hawser (expected: a directory of its own)");
    }
    Files.createSymbolicLink(file, target);
  }

  private static void removeVersions(Path directory, @Nullable Path current) throws IOException {
    try (DirectoryStream<Path> versions =
        Files.newDirectoryStream(directory, VERSION_PREFIX + "*")) {
      for (Path version : versions) {
        if (!version.equals(current)) {
          for (String name : NAMES) {
            Files.deleteIfExists(version.resolve(name));
          }
          Files.deleteIfExists(version);
        }
      }
    }
  }
}
