package dev.hawser.controlplane.state;

import dev.hawser.trust.svid.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Documents as files: one folder per kind, one file per document, mode 0600, replaced atomically
 * and forced to the disk before a write is acknowledged. One process at a time owns the folder.
 *
 * <p>A file that cannot be read is moved to the folder {@code damaged} with its kind in front of
 * its name, and stays reported until somebody removes it there.
 */
public final class FileStateStore implements StateStore {
  private static final Logger LOG = LoggerFactory.getLogger(FileStateStore.class);
  private static final String DAMAGED = "damaged";
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path directory;
  private final FileChannel lockFile;
  private final FileLock processLock;
  private final ReentrantLock writing = new ReentrantLock();
  private final List<Damaged> damaged = new CopyOnWriteArrayList<>();

  /**
   * Opens the folder, which is made if it is missing, and reads every document once.
   *
   * @throws StateUnavailableException if the folder cannot be used or another process owns it
   */
  public FileStateStore(Path directory) {
    this.directory = directory;
    try {
      PrivateFiles.createDirectory(directory);
      lockFile =
          FileChannel.open(
              directory.resolve("lock"),
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
              OWNER_ONLY);
      processLock = lock();
      PrivateFiles.createDirectory(directory.resolve(DAMAGED));
      for (StateKind kind : StateKind.values()) {
        Path folder = directory.resolve(kind.label());
        PrivateFiles.createDirectory(folder);
        removeUnfinished(folder);
      }
      reportEarlierDamage();
    } catch (IOException e) {
      throw new StateUnavailableException("state folder " + directory + ": " + e, e);
    }
    for (StateKind kind : StateKind.values()) {
      list(kind);
    }
  }

  private FileLock lock() throws IOException {
    @Nullable FileLock lock;
    try {
      lock = lockFile.tryLock();
    } catch (OverlappingFileLockException _) {
      lock = null;
    }
    if (lock == null) {
      ByteBuffer owner = ByteBuffer.allocate(20);
      lockFile.read(owner, 0);
      lockFile.close();
      throw new StateUnavailableException(
          "state folder "
              + directory
              + " is in use by process "
              + new String(owner.array(), 0, owner.position(), StandardCharsets.US_ASCII).strip()
              + " (expected: one control plane per data directory)");
    }
    byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
    lockFile.truncate(0);
    lockFile.write(ByteBuffer.wrap(pid), 0);
    return lock;
  }

  @Override
  public Optional<StoredDocument> get(StateKind kind, String key) {
    return read(kind, fileOf(kind, StateKeys.require(key)));
  }

  @Override
  public List<StoredDocument> list(StateKind kind) {
    List<StoredDocument> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folderOf(kind))) {
      for (Path file : files) {
        if (!file.getFileName().toString().startsWith(".")) {
          read(kind, file).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      throw new StateUnavailableException("state folder " + folderOf(kind) + ": " + e, e);
    }
    found.sort(Comparator.comparing(StoredDocument::key));
    return List.copyOf(found);
  }

  @Override
  public StoredDocument put(StateKind kind, String key, byte[] content, String expectedVersion)
      throws StaleVersionException {
    StateKeys.requireFits(kind, key, content);
    Path file = fileOf(kind, StateKeys.require(key));
    writing.lock();
    try {
      requireVersion(kind, key, file, expectedVersion);
      StoredDocument document = new StoredDocument(key, content, DocumentFormat.newVersion());
      PrivateFiles.write(file, DocumentFormat.encode(document));
      return document;
    } catch (IOException e) {
      throw new StateUnavailableException("state file " + file + " cannot be written: " + e, e);
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void delete(StateKind kind, String key, String expectedVersion)
      throws StaleVersionException {
    Path file = fileOf(kind, StateKeys.require(key));
    writing.lock();
    try {
      requireVersion(kind, key, file, expectedVersion);
      Files.deleteIfExists(file);
      syncFolder(folderOf(kind));
    } catch (IOException e) {
      throw new StateUnavailableException("state file " + file + " cannot be deleted: " + e, e);
    } finally {
      writing.unlock();
    }
  }

  @Override
  public List<Damaged> damaged() {
    return List.copyOf(damaged);
  }

  @Override
  public void close() {
    try {
      processLock.release();
      lockFile.close();
    } catch (IOException e) {
      LOG.warn(
          "The state folder's lock was not released. folder={} cause={}", directory, e.toString());
    }
  }

  private void requireVersion(StateKind kind, String key, Path file, String expected)
      throws StaleVersionException {
    String found = read(kind, file).map(StoredDocument::version).orElse(ABSENT);
    if (!found.equals(expected)) {
      throw new StaleVersionException(kind, key, expected, found);
    }
  }

  private Optional<StoredDocument> read(StateKind kind, Path file) {
    try {
      return Optional.of(DocumentFormat.decode(Files.readAllBytes(file)));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StateUnavailableException("state file " + file + " cannot be read: " + e, e);
    } catch (DocumentFormat.DamagedException e) {
      setAside(kind, file, e.reason());
      return Optional.empty();
    }
  }

  private void setAside(StateKind kind, Path file, String reason) {
    Path aside =
        directory
            .resolve(DAMAGED)
            .resolve(kind.label() + "~" + System.currentTimeMillis() + "~" + file.getFileName());
    try {
      Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException _) {
      return;
    } catch (IOException e) {
      throw new StateUnavailableException(
          "state file " + file + " is damaged (" + reason + ") and cannot be set aside: " + e, e);
    }
    damaged.add(new Damaged(kind, aside.toString(), reason));
    LOG.error("A state document is damaged and was set aside. file={} reason={}", aside, reason);
  }

  private void reportEarlierDamage() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.resolve(DAMAGED))) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        for (StateKind kind : StateKind.values()) {
          if (name.startsWith(kind.label() + "~")) {
            damaged.add(new Damaged(kind, file.toString(), "it was set aside earlier"));
          }
        }
      }
    }
  }

  /** What a process left that ended in the middle of a write; no document's name begins so. */
  private static void removeUnfinished(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ".*")) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  /** Makes a removal inside the folder survive a loss of power. */
  private static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private Path folderOf(StateKind kind) {
    return directory.resolve(kind.label());
  }

  private Path fileOf(StateKind kind, String key) {
    return folderOf(kind).resolve(DocumentFormat.fileName(key));
  }
}
