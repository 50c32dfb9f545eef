package dev.hawser.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.host.capture.Capture;
import dev.hawser.host.capture.CapturePlan;
import dev.hawser.host.capture.Cidr;
import dev.hawser.host.capture.PortRange;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureFileTest {
  @TempDir private Path folder;

  @Test
  void whatIsKeptComesBackWhole() throws IOException {
    CaptureFile file = new CaptureFile(folder);
    assertThat(file.read()).isEqualTo(CaptureState.EMPTY);
    CaptureState state =
        new CaptureState(
            Optional.of(kept("0badcafe", OptionalInt.of(15_053))),
            Optional.of(kept("00c0ffee", OptionalInt.empty()).withListing("table inet hawser")));
    file.write(state);
    assertThat(new CaptureFile(folder).read()).isEqualTo(state);
    assertThat(Files.getPosixFilePermissions(folder.resolve("capture.json")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(state.find("0badcafe")).isEqualTo(state.confirmed());
    assertThat(state.find("00c0ffee")).isEqualTo(state.pending());
    assertThat(state.find("12345678")).isEmpty();
    assertThat(state.latest()).isEqualTo(state.pending());
  }

  @Test
  void aFileThatCannotBeUsedIsNamedWithWhatIsWrong() throws IOException {
    CaptureFile file = new CaptureFile(folder);
    Path path = folder.resolve("capture.json");
    Files.writeString(path, "{\"confirmed\": ");
    assertThatThrownBy(file::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("capture.json");
    file.write(
        new CaptureState(Optional.of(kept("0badcafe", OptionalInt.empty())), Optional.empty()));
    Files.writeString(path, Files.readString(path).replace("10.0.0.0/8", "10.0.0.1/8"));
    assertThatThrownBy(file::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("capture.json")
        .hasMessageContaining("10.0.0.0/8");
  }

  @Test
  void aPlanThatTheAgentsUserCouldHaveWrittenIsNotTaken() throws IOException {
    Path path = folder.resolve("capture.json");
    Files.writeString(path, "{}");
    Assumptions.assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "only root gives files away");
    Files.setAttribute(path, "unix:uid", 998);
    assertThatThrownBy(() -> new CaptureFile(folder).read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("belongs to user 998 (expected: 0");
  }

  @Test
  void linksThatTheAgentsUserCouldHaveMadeAreNotFollowed() throws IOException {
    Path elsewhere = folder.resolve("elsewhere");
    Files.createSymbolicLink(folder.resolve("capture.lock"), elsewhere);
    CaptureFile file = new CaptureFile(folder);
    assertThatThrownBy(file::lock).isInstanceOf(IOException.class);
    assertThat(elsewhere).doesNotExist();
    Files.writeString(elsewhere, "{}");
    Files.createSymbolicLink(folder.resolve("capture.json"), elsewhere);
    assertThatThrownBy(file::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("capture.json is a link");
  }

  @Test
  void commandsThatChangeSomethingWaitForEachOther() throws Exception {
    // A file's lock is the process's: another one holds it.
    Process other =
        new ProcessBuilder(
                "python3",
                "-c",
                """
                import fcntl, sys
                f = open(sys.argv[1], 'w')
                fcntl.lockf(f, fcntl.LOCK_EX)
                print('held', flush=True)
                sys.stdin.read()
                """,
                folder.resolve("capture.lock").toString())
            .start();
    try {
      assertThat(other.inputReader().readLine()).isEqualTo("held");
      AtomicBoolean released = new AtomicBoolean();
      Thread release =
          Thread.ofVirtual()
              .start(() -> {
                sleep();
                released.set(true);
                other.destroy();
              });
      try (FileChannel _ = new CaptureFile(folder).lock()) {
        assertThat(released).isTrue();
      }
      release.join();
    } finally {
      other.destroyForcibly();
    }
  }

  private static void sleep() {
    try {
      TimeUnit.MILLISECONDS.sleep(300);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static CaptureState.Kept kept(String id, OptionalInt dns) {
    return new CaptureState.Kept(
        id,
        Capture.Choice.NFTABLES,
        new CapturePlan(
            new CapturePlan.Proxy(15_001, 15_006, dns, List.of(PortRange.parse("15020-15021"))),
            new CapturePlan.Own(List.of(998L), List.of(5L), 7),
            List.of(101L),
            List.of(PortRange.of(2222)),
            new CapturePlan.Traffic(List.of(PortRange.of(25)), List.of()),
            new CapturePlan.Destinations(
                List.of(Cidr.parse("10.0.0.0/8")), List.of(Cidr.parse("fd00::/8"))),
            CapturePlan.Traffic.ALL,
            true),
        Instant.parse("2026-11-26T12:00:00Z"),
        Optional.empty());
  }
}
