package dev.hawser.controlplane.files;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Provenance;
import dev.hawser.api.model.Service;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.registry.FirstSeen;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.registry.RegistryWatcher;
import dev.hawser.controlplane.registry.Rejected;
import dev.hawser.controlplane.registry.ServiceRegistry;
import dev.hawser.controlplane.registry.Site;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services from a directory of YAML documents ({@code *.yaml}, {@code *.yml}; not its
 * subdirectories), read again when the directory changes and every 2 s besides, since not every
 * file system tells of changes.
 *
 * <p>A document that cannot be taken is rejected with file, number and field, and never takes
 * others down. Of two documents with the same service, the first by file name and number wins. A
 * directory that is missing or cannot be read is trouble: the last good state stands. When it comes
 * back, or becomes another directory (a volume mounted anew), the next state is a resync.
 */
public final class FileRegistry implements ServiceRegistry {
  public static final String SOURCE = "file";

  private static final Logger LOG = LoggerFactory.getLogger(FileRegistry.class);
  private static final Duration RESCAN = Duration.ofSeconds(2);

  private final Path directory;
  private final Site site;
  private final InstantSource clock;
  private final FirstSeen firstSeen;
  private final DirectoryReader reader;
  private final Thread thread;
  private @Nullable RegistryWatcher watcher;

  public FileRegistry(Path directory, Site site, InstantSource clock) {
    this.directory = directory;
    this.site = site;
    this.clock = clock;
    this.firstSeen = new FirstSeen(clock);
    this.reader = new DirectoryReader(directory);
    this.thread = Thread.ofPlatform().daemon().name("registry-file").unstarted(this::run);
  }

  @Override
  public String source() {
    return SOURCE;
  }

  @Override
  public Provenance.Registry kind() {
    return Provenance.Registry.FILE;
  }

  @Override
  public synchronized void start(RegistryWatcher watcher) {
    if (this.watcher != null) {
      throw new IllegalStateException("file registry was started before");
    }
    this.watcher = watcher;
    thread.start();
  }

  @Override
  public void close() {
    thread.interrupt();
    if (Thread.currentThread() != thread && thread.getState() != Thread.State.NEW) {
      try {
        thread.join(Duration.ofSeconds(5));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    reader.close();
  }

  private void run() {
    RegistryWatcher target;
    synchronized (this) {
      target = watcher;
    }
    if (target == null) {
      return;
    }
    boolean resynced = true;
    while (!Thread.currentThread().isInterrupted()) {
      try {
        DirectoryReader.Content content = reader.read();
        resynced |= content.replaced();
        if (content.changed() || resynced) {
          target.onState(state(content, resynced));
          resynced = false;
        }
      } catch (IOException trouble) {
        resynced = true;
        target.onTrouble(SOURCE, "directory " + directory + " cannot be read: " + reason(trouble));
      } catch (InterruptedException _) {
        return;
      } catch (RuntimeException unexpected) {
        LOG.error("File registry failed to read directory={}", directory, unexpected);
        target.onTrouble(SOURCE, "directory " + directory + " cannot be read: " + unexpected);
      }
      try {
        reader.awaitChange(RESCAN);
      } catch (InterruptedException _) {
        return;
      }
    }
  }

  private RegistryState state(DirectoryReader.Content content, boolean resynced) {
    List<Rejected> rejected = new ArrayList<>(content.unreadable());
    Map<ServiceName, String> origin = new TreeMap<>();
    Map<ServiceName, Service> services = new TreeMap<>();
    for (DocumentFile file : content.files()) {
      rejected.addAll(file.rejected());
      for (DocumentFile.Numbered numbered : file.documents()) {
        String item = file.name() + "#" + numbered.number();
        ServiceName name = numbered.document().name();
        String first = origin.putIfAbsent(name, item);
        if (first == null) {
          services.put(name, service(numbered.document(), file.name()));
        } else {
          rejected.add(
              new Rejected(
                  item,
                  "metadata: service " + name + " is already in " + first + ", which counts"));
        }
      }
    }
    firstSeen.endOfState();
    return new RegistryState(
        SOURCE, kind(), List.copyOf(services.values()), rejected, resynced, clock.instant());
  }

  private Service service(ServiceDocument document, String file) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (ServiceDocument.Instance instance : document.endpoints()) {
      String id = document.name() + "/" + instance.place();
      endpoints.add(
          new Endpoint(
              id,
              instance.address(),
              instance.ports(),
              site.network(),
              instance.locality().orElse(site.locality()),
              true,
              instance.serviceAccount(),
              instance.weight(),
              instance.labels(),
              new Provenance(kind(), SOURCE, site.cluster(), file, firstSeen.since(id))));
    }
    return new Service(
        document.name(),
        document.ports(),
        endpoints,
        document.addresses(),
        document.exposure(),
        document.created().orElseGet(() -> firstSeen.since("service " + document.name())));
  }

  private static String reason(IOException trouble) {
    String type = trouble.getClass().getSimpleName();
    return type + (trouble.getMessage() == null ? "" : " " + trouble.getMessage());
  }
}
