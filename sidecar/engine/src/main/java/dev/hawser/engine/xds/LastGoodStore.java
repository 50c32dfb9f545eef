package dev.hawser.engine.xds;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resources that were last in force, one file per type, so that a proxy restarted while the
 * control plane is away still serves. A file is a {@code DeltaDiscoveryResponse}, readable by the
 * owner only, and replaced as a whole.
 */
final class LastGoodStore {
  private static final Logger LOG = LoggerFactory.getLogger(LastGoodStore.class);
  private static final String FORMAT = "hawser-last-good/1";

  private final Path dir;

  /**
   * Opens a folder, made if it is missing.
   *
   * @throws IOException if it cannot be made
   */
  LastGoodStore(Path dir) throws IOException {
    this.dir = dir;
    Files.createDirectories(
        dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Returns what was kept, nothing if the file is missing or damaged. */
  List<Resource> load(String typeUrl) {
    Path file = file(typeUrl);
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      DeltaDiscoveryResponse kept = DeltaDiscoveryResponse.parseFrom(Files.readAllBytes(file));
      if (!kept.getSystemVersionInfo().equals(FORMAT) || !kept.getTypeUrl().equals(typeUrl)) {
        LOG.warn(
            "Last good state is of another format file={} format={} expected={}",
            file,
            kept.getSystemVersionInfo(),
            FORMAT);
        return List.of();
      }
      return kept.getResourcesList();
    } catch (IOException e) {
      LOG.warn("Last good state cannot be read file={}", file, e);
      return List.of();
    }
  }

  /** Replaces what is kept; a failure is logged, since serving goes on without it. */
  void save(String typeUrl, Collection<Resource> resources) {
    Path file = file(typeUrl);
    Path next = file.resolveSibling(file.getFileName() + ".new");
    byte[] bytes =
        DeltaDiscoveryResponse.newBuilder()
            .setSystemVersionInfo(FORMAT)
            .setTypeUrl(typeUrl)
            .addAllResources(resources)
            .build()
            .toByteArray();
    try {
      Files.deleteIfExists(next);
      try (FileChannel out =
          FileChannel.open(
              next,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
          out.write(rest);
        }
        out.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.warn("Last good state cannot be written file={}", file, e);
    }
  }

  private Path file(String typeUrl) {
    return dir.resolve(TypeUrls.shortName(typeUrl) + ".pb");
  }
}
