package dev.hawser.trust.svid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.x509.Certificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SvidStoreTest {
  private static final TestAuthority FEDERATION = TestAuthority.create();

  @TempDir private Path temporary;

  private final Svid first = FEDERATION.workload("east", "shop", "orders");
  private final Svid second = FEDERATION.workload("east", "shop", "orders");

  @Test
  void identityIsReadBackByAnotherProcess() throws IOException {
    store().save(first);
    assertThat(store().load()).contains(first);
    store().save(second);
    assertThat(store().load()).contains(second);
  }

  @Test
  void emptyDirectoryHasNoIdentityAndNoBundles() throws IOException {
    assertThat(store().load()).isEmpty();
    assertThat(store().loadBundles()).isEmpty();
  }

  @Test
  void nobodyElseMayReadAnything() throws IOException {
    SvidStore store = store();
    store.save(first);
    store.saveBundles(FEDERATION.bundles("east"));
    try (Stream<Path> everything = Files.walk(directory())) {
      for (Path path : everything.filter(path -> !Files.isSymbolicLink(path)).toList()) {
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        assertThat(mode)
            .as("%s", path)
            .isEqualTo(
                Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) ? "rwx------" : "rw-------");
      }
    }
    assertThat(Files.readString(store.keyFile())).startsWith("-----BEGIN PRIVATE KEY-----");
  }

  @Test
  void openDirectoryIsTakenFromOthers() throws IOException {
    Files.createDirectories(directory());
    Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxr-xr-x"));
    store().save(first);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
        .isEqualTo("rwx------");
  }

  @Test
  void keyThatOthersCouldReadIsRefusedWithTheCommandThatHelps() throws IOException {
    store().save(first);
    Path key = store().keyFile().toRealPath();
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    assertThatIOException()
        .isThrownBy(() -> store().load())
        .withMessageContaining("rw-r-----")
        .withMessageContaining("chmod 600 " + key);
  }

  @Test
  void keyOfAnotherCertificateIsRefused() throws IOException {
    store().save(first);
    Path chain = store().chainFile().toRealPath();
    Files.writeString(chain, Certificates.toPem(second.chain()));
    assertThatIOException()
        .isThrownBy(() -> store().load())
        .withMessageContaining("belongs to another certificate");
  }

  @Test
  void cutOffFilesAreRefusedWithTheirName() throws IOException {
    SvidStore store = store();
    store.save(first);
    Path chain = store.chainFile().toRealPath();
    String pem = Files.readString(chain);
    Files.writeString(chain, pem.substring(0, pem.length() / 3));
    assertThatIOException()
        .isThrownBy(store::load)
        .withMessageContaining("generation-1")
        .withMessageContaining("join again");
    Files.writeString(store.bundlesFile(), "{\"trust_domains\":");
    assertThatIOException()
        .isThrownBy(store::loadBundles)
        .withMessageContaining("bundles.json")
        .withMessageContaining("ends too early");
  }

  @Test
  void readerNeverSeesAKeyAndACertificateThatDoNotMatch() throws Exception {
    SvidStore store = store();
    store.save(first);
    AtomicBoolean done = new AtomicBoolean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              try {
                while (!done.get()) {
                  assertThat(store().load()).isPresent();
                }
              } catch (IOException | AssertionError e) {
                failure.set(e);
              }
            });
    for (int i = 0; i < 100 && failure.get() == null; i++) {
      store.save(i % 2 == 0 ? second : first);
    }
    done.set(true);
    reader.join();
    assertThat(failure.get()).isNull();
  }

  @Test
  void onlyTheLastTwoGenerationsStay() throws IOException {
    for (int i = 0; i < 5; i++) {
      store().save(first);
    }
    try (Stream<Path> entries = Files.list(directory())) {
      assertThat(entries.map(entry -> entry.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "current", "key.pem", "svid.pem", "generation-4", "generation-5");
    }
  }

  @Test
  void crashBeforeTheSwitchLeavesTheOldIdentity() throws IOException {
    store().save(first);
    // What a process leaves that died after it wrote the key and before it moved the link.
    Path half = directory().resolve("generation-2");
    Files.createDirectory(half);
    Files.writeString(half.resolve("key.pem"), "half");
    assertThat(store().load()).contains(first);
    store().save(second);
    assertThat(store().load()).contains(second);
  }

  @Test
  void bundlesAreReadBackWithTheirDigest() throws IOException {
    TrustBundles bundles = FEDERATION.bundles("east", "west");
    store().saveBundles(bundles);
    assertThat(store().loadBundles()).contains(bundles);
  }

  @Test
  void failedWriteLeavesTheOldContentsAndNoDebris() throws IOException {
    Path file = directory().resolve("a");
    PrivateFiles.createDirectory(directory());
    PrivateFiles.write(file, bytes("old"));
    Path occupied = directory().resolve("b");
    Files.createDirectory(occupied);
    Files.createFile(occupied.resolve("c"));
    assertThatIOException().isThrownBy(() -> PrivateFiles.write(occupied, bytes("new")));
    assertThat(PrivateFiles.read(file, 10)).isEqualTo(bytes("old"));
    try (Stream<Path> entries = Files.list(directory())) {
      assertThat(entries).hasSameElementsAs(List.of(file, occupied));
    }
    assertThatIOException()
        .isThrownBy(() -> PrivateFiles.read(file, 2))
        .withMessageContaining("more than 2 octets");
  }

  private SvidStore store() {
    return new SvidStore(directory());
  }

  private Path directory() {
    return temporary.resolve("identity");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
