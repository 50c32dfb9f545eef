package dev.hawser.trust.svid;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/**
 * Files that only their owner may read, replaced as a whole: after a crash a reader finds the old
 * contents or the new ones. For POSIX file systems.
 */
public final class PrivateFiles {
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final FileAttribute<Set<PosixFilePermission>> AS_FILE =
      PosixFilePermissions.asFileAttribute(FILE);
  private static final SecureRandom RANDOM = new SecureRandom();

  private PrivateFiles() {}

  /**
   * Makes a directory (and those above it) for its owner alone, or takes an existing one from
   * everybody else.
   *
   * @throws IOException if that is impossible; the message names the path
   */
  public static void createDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(DIRECTORY));
    }
    if (!Files.getPosixFilePermissions(directory).equals(DIRECTORY)) {
      Files.setPosixFilePermissions(directory, DIRECTORY);
    }
  }

  /**
   * Writes a file of mode 0600: into a temporary one beside it, flushed to the disk, then renamed
   * over the old one, and the directory flushed too.
   *
   * @throws IOException if it cannot be written; the old contents are still there then
   */
  public static void write(Path file, byte[] contents) throws IOException {
    Path temporary = temporaryBeside(file);
    try {
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              AS_FILE)) {
        ByteBuffer buffer = ByteBuffer.wrap(contents);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    flushDirectory(file);
  }

  /**
   * Reads a small file whole.
   *
   * @param maxBytes what is accepted
   * @throws IOException if it cannot be read or is larger
   */
  public static byte[] read(Path file, int maxBytes) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] contents = in.readNBytes(maxBytes + 1);
      if (contents.length > maxBytes) {
        throw new IOException(
            file + ": more than " + maxBytes + " octets (expected: at most that many)");
      }
      return contents;
    }
  }

  /**
   * Refuses a secret that others could have read or changed.
   *
   * @throws IOException if group or others have any right to the file; says what to do
   */
  public static void requirePrivate(Path file) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (!FILE.containsAll(permissions)) {
      throw new IOException(
          file
              + ": its mode "
              + PosixFilePermissions.toString(permissions)
              + " lets others at a private key (expected: rw-------; run: chmod 600 "
              + file
              + ", and replace the key if others have read it)");
    }
  }

  /** Points a symbolic link somewhere else, in one step. */
  static void replaceLink(Path link, Path target) throws IOException {
    Path temporary = temporaryBeside(link);
    try {
      Files.createSymbolicLink(temporary, target);
      Files.move(temporary, link, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    flushDirectory(link);
  }

  /** Makes a link that never changes; one that is already there stays. */
  static void link(Path link, Path target) throws IOException {
    if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      Files.createSymbolicLink(link, target);
    } catch (FileAlreadyExistsException e) {
      throw new UncheckedIOException(link + ": another process writes here", e);
    }
  }

  private static Path temporaryBeside(Path file) {
    byte[] random = new byte[8];
    RANDOM.nextBytes(random);
    return file.resolveSibling("." + file.getFileName() + "." + HexFormat.of().formatHex(random));
  }

  private static void flushDirectory(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
