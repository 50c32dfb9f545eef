package dev.hawser.controlplane.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.Service;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.registry.RegistryWatcher;
import dev.hawser.controlplane.registry.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileRegistryTest {
  private static final Site SITE = new Site("east", "net", new Locality("east", "a", ""));

  @TempDir Path parent;

  private final Watcher watcher = new Watcher();
  private FileRegistry registry =
      new FileRegistry(Path.of("nowhere"), SITE, InstantSource.system());

  private Path directory() {
    return parent.resolve("services");
  }

  private void start() {
    registry = new FileRegistry(directory(), SITE, InstantSource.system());
    registry.start(watcher);
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void aDocumentBecomesAServiceWithProvenance() throws IOException {
    write(
        "orders.yaml",
        """
        # the shop
        apiVersion: hawser.dev/v1
        kind: Service
        metadata: {name: orders, namespace: shop, annotations: {hawser.dev/export: "west"}}
        spec:
          ports:
          - {name: http, port: 8080}
          - {name: admin, port: 9000, protocol: tcp}
          endpoints:
          - {address: 127.1.1.1, serviceAccount: buyer, locality: east/b, ports: {8080: 9001}, labels: {version: v1}, weight: 3}
          - {address: "fd00::1"}
        """);
    start();

    RegistryState state = watcher.awaitState(1);

    assertThat(state.resynced()).isTrue();
    assertThat(state.rejected()).isEmpty();
    Service orders = state.services().getFirst();
    assertThat(orders.name()).hasToString("orders.shop");
    assertThat(orders.exposure()).isEqualTo(new Exposure.Only(Set.of("west")));
    assertThat(orders.ports())
        .extracting(port -> port.number() + "/" + port.protocol())
        .containsExactly("8080/HTTP", "9000/TCP");
    Endpoint first = orders.endpoints().getFirst();
    assertThat(first.targetPort(8080)).isEqualTo(9001);
    assertThat(first.targetPort(9000)).isEqualTo(9000);
    assertThat(first.locality()).hasToString("east/b");
    assertThat(first.serviceAccount()).isEqualTo("buyer");
    assertThat(first.weight()).isEqualTo(3);
    assertThat(first.ready()).isTrue();
    assertThat(first.network()).isEqualTo("net");
    assertThat(first.provenance().owner()).isEqualTo("orders.yaml");
    assertThat(first.provenance().cluster()).isEqualTo("east");
    assertThat(orders.endpoints().getLast().serviceAccount()).isEqualTo("orders");
    assertThat(orders.endpoints().getLast().locality()).hasToString("east/a");
  }

  @Test
  void aBadDocumentIsRejectedAndTheOthersOfItsFileAreTaken() throws IOException {
    write(
        "all.yaml",
        service("orders", "127.1.1.1")
            + "---\nkind: [unclosed\n---\n"
            + service("payments", "127.1.1.2").replace("address:", "adress:")
            + "---\n"
            + service("stock", "127.1.1.3"));
    start();

    RegistryState state = watcher.awaitState(1);

    assertThat(names(state)).containsExactly("orders.shop", "stock.shop");
    assertThat(state.rejected()).hasSize(2);
    assertThat(state.rejected().getFirst().toString()).startsWith("all.yaml#2: not YAML at line 2");
    assertThat(state.rejected().getLast())
        .hasToString("all.yaml#3: spec.endpoints[0].address: missing (expected: a string)");
  }

  @Test
  void changesAreSeenAndNothingIsReportedTwice() throws IOException {
    write("orders.yaml", service("orders", "127.1.1.1"));
    start();
    RegistryState first = watcher.awaitState(1);

    write(
        "orders.yaml",
        service("orders", "127.1.1.1")
            .replace("127.1.1.1}", "127.1.1.1}\n  - {address: 127.1.1.2}"));
    RegistryState second = watcher.awaitState(2);
    write("payments.yml", service("payments", "127.1.1.9"));
    RegistryState third = watcher.awaitState(3);
    Files.delete(directory().resolve("orders.yaml"));
    RegistryState fourth = watcher.awaitState(4);

    assertThat(second.endpointCount()).isEqualTo(2);
    assertThat(second.resynced()).isFalse();
    assertThat(second.services().getFirst().endpoints().getFirst())
        .as("what was there keeps its age")
        .isEqualTo(first.services().getFirst().endpoints().getFirst());
    assertThat(names(third)).containsExactly("orders.shop", "payments.shop");
    assertThat(names(fourth)).containsExactly("payments.shop");
    registry.close();
    assertThat(watcher.states()).hasSize(4);
  }

  @Test
  void ofTwoDocumentsWithOneNameTheFirstCounts() throws IOException {
    write("a.yaml", service("orders", "127.1.1.1"));
    write("b.yaml", service("orders", "127.1.1.2"));
    start();

    RegistryState state = watcher.awaitState(1);

    assertThat(state.services().getFirst().endpoints().getFirst().address()).isEqualTo("127.1.1.1");
    assertThat(state.rejected())
        .singleElement()
        .hasToString(
            "b.yaml#1: metadata: service orders.shop is already in a.yaml#1, which counts");
  }

  @Test
  void aDirectoryThatIsMissingIsTroubleAndTheStateAfterwardsAResync() throws IOException {
    start();
    watcher.awaitTrouble("cannot be read: NoSuchFileException");

    write("orders.yaml", service("orders", "127.1.1.1"));
    assertThat(watcher.awaitState(1).resynced()).isTrue();
    Files.move(directory(), parent.resolve("away"), StandardCopyOption.ATOMIC_MOVE);
    watcher.awaitTrouble("cannot be read: NoSuchFileException");
    assertThat(watcher.states()).hasSize(1);

    Files.move(parent.resolve("away"), directory(), StandardCopyOption.ATOMIC_MOVE);
    RegistryState back = watcher.awaitState(2);
    assertThat(back.resynced()).isTrue();
    assertThat(back.sameContent(watcher.states().getFirst())).isTrue();
  }

  @Test
  void anotherDirectoryUnderTheSamePathIsAResync() throws IOException {
    write("orders.yaml", service("orders", "127.1.1.1"));
    start();
    watcher.awaitState(1);
    Path empty = Files.createDirectory(parent.resolve("empty"));
    Files.move(directory(), parent.resolve("away"));
    Files.move(empty, directory());

    RegistryState state = watcher.awaitLast(RegistryState::resynced, 2);

    assertThat(state.services()).isEmpty();
  }

  @Test
  void aFileThatIsTooLargeIsRejectedAlone() throws IOException {
    write("big.yaml", "#".repeat(DocumentFile.MAX_BYTES + 1));
    write("orders.yaml", service("orders", "127.1.1.1"));
    start();

    RegistryState state = watcher.awaitState(1);

    assertThat(names(state)).containsExactly("orders.shop");
    assertThat(state.rejected())
        .singleElement()
        .hasToString("big.yaml: 1048577 bytes (expected: at most 1048576)");
  }

  private void write(String file, String content) throws IOException {
    Files.createDirectories(directory());
    Path temporary = Files.writeString(parent.resolve("writing"), content);
    Files.move(temporary, directory().resolve(file), StandardCopyOption.ATOMIC_MOVE);
  }

  private static String service(String name, String address) {
    return """
    apiVersion: hawser.dev/v1
    kind: Service
    metadata: {name: %s, namespace: shop}
    spec:
      ports: [{name: http, port: 8080}]
      endpoints:
      - {address: %s}
    """
        .formatted(name, address);
  }

  private static List<String> names(RegistryState state) {
    return state.services().stream().map(service -> service.name().toString()).toList();
  }

  /** Keeps what was reported. */
  private static final class Watcher implements RegistryWatcher {
    private final List<RegistryState> states = new ArrayList<>();
    private final List<String> troubles = new ArrayList<>();

    @Override
    public synchronized void onState(RegistryState state) {
      states.add(state);
    }

    @Override
    public synchronized void onTrouble(String source, String detail) {
      troubles.add(detail);
    }

    synchronized List<RegistryState> states() {
      return List.copyOf(states);
    }

    RegistryState awaitState(int count) {
      Awaitility.await().until(() -> states().size() >= count);
      return states().get(count - 1);
    }

    RegistryState awaitLast(Predicate<RegistryState> which, int atLeast) {
      Awaitility.await().until(() -> states().size() >= atLeast && which.test(states().getLast()));
      return states().getLast();
    }

    void awaitTrouble(String part) {
      Awaitility.await()
          .untilAsserted(() -> {
            synchronized (this) {
              assertThat(troubles).anySatisfy(it -> assertThat(it).contains(part));
              troubles.clear();
            }
          });
    }
  }
}
