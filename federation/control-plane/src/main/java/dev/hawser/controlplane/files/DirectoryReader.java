package dev.hawser.controlplane.files;

import dev.hawser.controlplane.registry.Rejected;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory's content by digest: a file counts as changed when its bytes are others, and is
 * taken only when the directory holds still, so that a file being written is not read in half.
 * Confined to the registry's thread, but for {@link #close}.
 */
final class DirectoryReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DirectoryReader.class);
  private static final long STILL_MILLIS = 50;
  private static final int MAX_ATTEMPTS = 40;

  private final Path directory;
  private volatile @Nullable WatchService watch;
  private @Nullable WatchKey key;
  private @Nullable Object identity;
  private String lastDigest = "";
  private Map<String, Parsed> last = Map.of();

  /**
   * @param changed whether anything differs from the content before
   * @param replaced whether it is another directory than before, under the same path
   * @param unreadable files that are there but cannot be read; their last content, if it is known,
   *     is among the files
   */
  record Content(
      List<DocumentFile> files, List<Rejected> unreadable, boolean changed, boolean replaced) {}

  private record Parsed(String digest, DocumentFile file) {}

  private static final class Bytes {
    final String digest;
    final byte[] content;

    Bytes(byte[] content) {
      this.digest = sha256(content);
      this.content = content;
    }
  }

  /** What one pass over the directory found: bytes, or why there are none. */
  private record Pass(Map<String, Bytes> files, Map<String, String> unreadable, String digest) {}

  DirectoryReader(Path directory) {
    this.directory = directory;
  }

  /**
   * Reads the directory.
   *
   * @throws IOException if it is missing, cannot be listed, or does not hold still
   */
  Content read() throws IOException, InterruptedException {
    boolean replaced = watchDirectory();
    Pass pass = whenStill();
    Map<String, Parsed> parsed = new TreeMap<>();
    for (Map.Entry<String, Bytes> entry : pass.files().entrySet()) {
      String name = entry.getKey();
      Bytes bytes = entry.getValue();
      Parsed before = last.get(name);
      parsed.put(
          name,
          before != null && before.digest().equals(bytes.digest)
              ? before
              : new Parsed(bytes.digest, DocumentFile.read(name, bytes.content)));
    }
    List<Rejected> unreadable = new ArrayList<>();
    for (Map.Entry<String, String> entry : pass.unreadable().entrySet()) {
      Parsed before = last.get(entry.getKey());
      if (before != null) {
        parsed.put(entry.getKey(), before);
      }
      String served = before == null ? "" : "; its last content is served";
      unreadable.add(new Rejected(entry.getKey(), entry.getValue() + served));
    }
    boolean changed = !pass.digest().equals(lastDigest);
    last = parsed;
    lastDigest = pass.digest();
    return new Content(
        parsed.values().stream().map(Parsed::file).toList(), unreadable, changed, replaced);
  }

  /** Waits until the directory tells of a change, or the time is over. */
  void awaitChange(Duration longest) throws InterruptedException {
    WatchService service = watch;
    if (service == null) {
      Thread.sleep(longest);
      return;
    }
    try {
      WatchKey signalled = service.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
      if (signalled != null) {
        signalled.pollEvents();
        signalled.reset();
      }
    } catch (ClosedWatchServiceException _) {
      throw new InterruptedException("the registry was closed");
    }
  }

  @Override
  public void close() {
    WatchService service = watch;
    watch = null;
    if (service != null) {
      try {
        service.close();
      } catch (IOException failed) {
        LOG.warn("Directory watch could not be closed directory={}", directory, failed);
      }
    }
  }

  private Pass whenStill() throws IOException, InterruptedException {
    Pass pass = pass();
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (pass.digest().equals(lastDigest)) {
        return pass;
      }
      Thread.sleep(STILL_MILLIS);
      Pass again = pass();
      if (again.digest().equals(pass.digest())) {
        return again;
      }
      pass = again;
    }
    throw new IOException("files kept changing for " + MAX_ATTEMPTS * STILL_MILLIS + " ms");
  }

  private Pass pass() throws IOException {
    Map<String, Bytes> files = new TreeMap<>();
    Map<String, String> unreadable = new TreeMap<>();
    try (DirectoryStream<Path> listed = Files.newDirectoryStream(directory, "*.{yaml,yml}")) {
      for (Path file : listed) {
        String name = String.valueOf(file.getFileName());
        if (!name.startsWith(".") && !Files.isDirectory(file)) {
          readFile(file, name, files, unreadable);
        }
      }
    } catch (DirectoryIteratorException broken) {
      throw broken.getCause();
    }
    StringBuilder all = new StringBuilder();
    files.forEach((name, it) -> all.append(name).append('\0').append(it.digest).append('\n'));
    unreadable.forEach((name, why) -> all.append(name).append('\1').append(why).append('\n'));
    return new Pass(files, unreadable, sha256(all.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private static void readFile(
      Path file, String name, Map<String, Bytes> files, Map<String, String> unreadable) {
    try {
      long size = Files.size(file);
      if (size > DocumentFile.MAX_BYTES) {
        unreadable.put(name, size + " bytes (expected: at most " + DocumentFile.MAX_BYTES + ")");
        return;
      }
      files.put(name, new Bytes(Files.readAllBytes(file)));
    } catch (NoSuchFileException gone) {
      // Deleted since it was listed, or a link to nothing: there is no such file.
      LOG.debug("File went away while it was read file={}", gone.getFile());
    } catch (IOException refused) {
      unreadable.put(name, "cannot be read: " + refused.getClass().getSimpleName());
    }
  }

  /** Returns whether it is another directory than before. */
  private boolean watchDirectory() throws IOException {
    if (!Files.isDirectory(directory)) {
      close();
      if (Files.exists(directory)) {
        throw new NotDirectoryException(directory.toString());
      }
      throw new NoSuchFileException(directory.toString());
    }
    Object before = identity;
    Object now = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
    boolean replaced = before != null && !before.equals(now);
    if (watch == null || replaced || key == null || !key.isValid()) {
      close();
      WatchService service = directory.getFileSystem().newWatchService();
      watch = service;
      key =
          directory.register(
              service,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_MODIFY,
              StandardWatchEventKinds.ENTRY_DELETE);
    }
    identity = now;
    return replaced;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
