package dev.hawser.controlplane.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileStateStoreTest extends StateStoreContract {
  @TempDir Path folder;
  private FileStateStore store;

  @BeforeEach
  void open() {
    store = new FileStateStore(folder.resolve("state"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Override
  protected StateStore store() {
    return store;
  }

  @Override
  protected StateStore reopened() {
    store.close();
    store = new FileStateStore(folder.resolve("state"));
    return store;
  }

  @Test
  void nobodyElseMayReadFilesOrFolders() throws IOException {
    store.replace(StateKind.AUTHORITIES, "root", bytes("secret"));
    try (Stream<Path> files = Files.walk(folder.resolve("state"))) {
      for (Path file : files.toList()) {
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        assertThat(mode).as(file.toString()).endsWith("------");
      }
    }
  }

  @Test
  void aSecondProcessIsRefusedAndToldWhoOwnsTheFolder() {
    assertThatThrownBy(() -> new FileStateStore(folder.resolve("state")))
        .isInstanceOf(StateUnavailableException.class)
        .hasMessageContaining("in use by process " + ProcessHandle.current().pid());
  }

  @Test
  void everyTornOrChangedFileIsSetAsideAndTheOthersStay() throws IOException {
    store.replace(StateKind.MEMBERS, "west", bytes("a member"));
    store.replace(StateKind.MEMBERS, "south", bytes("another"));
    Path file = folder.resolve("state/members/west");
    byte[] whole = Files.readAllBytes(file);
    int found = 0;
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(store.get(StateKind.MEMBERS, "west")).as("cut at %d", length).isEmpty();
      found++;
    }
    for (int at = 0; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= 1;
      Files.write(file, changed);
      List<StoredDocument> read = store.list(StateKind.MEMBERS);
      boolean inVersion = read.size() == 2; // the version guards nothing but itself
      if (!inVersion) {
        assertThat(read).extracting(StoredDocument::key).containsExactly("south");
        found++;
      }
    }
    assertThat(store.damaged()).hasSize(found);
    assertThat(found).isGreaterThan(whole.length * 2 - 30);
  }

  @Test
  void aDamagedDocumentIsStillReportedAfterARestartAndItsKeyIsFree() throws IOException {
    store.replace(StateKind.AUTHORITIES, "root", bytes("secret"));
    Files.write(folder.resolve("state/authorities/root"), new byte[] {1, 2, 3});
    assertThat(reopened().damaged())
        .singleElement()
        .satisfies(d -> assertThat(d.kind()).isEqualTo(StateKind.AUTHORITIES));
    assertThat(reopened().damaged()).hasSize(1);
    store.replace(StateKind.AUTHORITIES, "root", bytes("restored"));
    assertThat(store.get(StateKind.AUTHORITIES, "root").orElseThrow().text()).isEqualTo("restored");
  }

  @Test
  void whatAnInterruptedWriteLeftIsRemovedAtTheNextStart() throws IOException {
    Path left = Files.write(folder.resolve("state/tokens/.west.0123"), new byte[] {1});
    reopened();
    assertThat(left).doesNotExist();
  }
}
