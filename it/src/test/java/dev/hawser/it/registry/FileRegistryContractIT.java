package dev.hawser.it.registry;

import dev.hawser.api.model.Locality;
import dev.hawser.api.model.Provenance;
import dev.hawser.controlplane.files.FileRegistry;
import dev.hawser.controlplane.registry.ServiceRegistry;
import dev.hawser.controlplane.registry.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A directory of documents, as an editor and a file system drive it. */
final class FileRegistryContractIT extends ServiceRegistryContract {
  @Override
  Upstream upstream(Path folder) {
    return new Directory(folder);
  }

  @Override
  Provenance.Registry kind() {
    return Provenance.Registry.FILE;
  }

  private static final class Directory implements Upstream {
    private final Path folder;
    private final Path directory;
    private final Path elsewhere;
    private final Map<String, String> exports = new TreeMap<>();
    private final Map<String, List<Instance>> services = new TreeMap<>();

    Directory(Path folder) {
      this.folder = folder;
      this.directory = folder.resolve("services");
      this.elsewhere = folder.resolve("elsewhere");
      io(() -> Files.createDirectories(directory));
    }

    @Override
    public ServiceRegistry connect() {
      return new FileRegistry(
          directory,
          new Site("east", "net-east", new Locality("east", "a", "")),
          InstantSource.system());
    }

    @Override
    public void service(String name, String export, List<Instance> instances) {
      exports.put(name, export);
      services.put(name, new ArrayList<>(instances));
      write(name);
    }

    @Override
    public void add(String name, Instance instance) {
      services.getOrDefault(name, List.of()).add(instance);
      write(name);
    }

    @Override
    public void remove(String name, Instance instance) {
      services.getOrDefault(name, List.of()).remove(instance);
      write(name);
    }

    @Override
    public void remove(String name) {
      io(() -> Files.deleteIfExists(directory.resolve(name + ".yaml")));
    }

    @Override
    public boolean health(String name, Instance instance, boolean passes) {
      return false;
    }

    @Override
    public String spoil() {
      put(
          "spoilt.yaml",
          "apiVersion: hawser.dev/v1\nkind: Service\nmetadata: {nom: x}\nspec: {}\n");
      return "spoilt.yaml#1: metadata.name: missing";
    }

    @Override
    public boolean leave() {
      io(() -> Files.move(directory, elsewhere));
      return true;
    }

    @Override
    public void comeBack() {
      io(() -> Files.move(elsewhere, directory));
    }

    @Override
    public boolean forget() {
      leave();
      io(() -> Files.createDirectory(directory));
      return true;
    }

    @Override
    public void close() {
      // The folder is the test's own and goes with it.
    }

    private void write(String name) {
      StringBuilder text = new StringBuilder();
      text.append("apiVersion: hawser.dev/v1\nkind: Service\n");
      text.append("metadata: {name: ").append(name).append(", namespace: ").append(NAMESPACE);
      text.append(", annotations: {hawser.dev/export: '").append(exports.get(name)).append("'}}\n");
      text.append("spec:\n  ports: [{name: http, port: 8080}]\n  endpoints:\n");
      for (Instance instance : services.getOrDefault(name, List.of())) {
        text.append("  - {address: ").append(instance.address());
        text.append(", serviceAccount: ").append(instance.serviceAccount()).append("}\n");
      }
      put(name + ".yaml", text.toString());
    }

    private void put(String file, String text) {
      io(() ->
          Files.move(
              Files.writeString(folder.resolve("writing"), text),
              directory.resolve(file),
              StandardCopyOption.ATOMIC_MOVE));
    }

    private interface FileWork {
      Object run() throws IOException;
    }

    private static void io(FileWork work) {
      try {
        var _ = work.run();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
