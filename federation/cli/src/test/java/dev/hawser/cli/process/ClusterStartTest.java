package dev.hawser.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ClusterStartTest {
  private static final String CONTROL_PLANE = "127.77.0.1";
  private static final String GATEWAY = "127.77.0.2:15443";

  @TempDir private Path folder;
  private Path dataDir;
  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void install() throws IOException {
    dataDir = folder.resolve("east");
    jar(folder.resolve("home/lib/control-plane/quarkus-run.jar"), StubControlPlane.class);
    jar(folder.resolve("home/lib/east-west-gateway.jar"), StubGateway.class);
    Files.createSymbolicLink(
        folder.resolve("home/bin"), Path.of("../../bin").toAbsolutePath().normalize());
  }

  @AfterEach
  void killWhatIsLeft() throws IOException {
    started.forEach(Process::destroyForcibly);
    for (String name : List.of("cluster", "control-plane", "east-gateway-1")) {
      handle(name).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void itStartsBothWaitsForThemAndEndsThemWhenItIsTerminated() throws Exception {
    Process cluster = hawser("cluster", "start", "--name", "east");
    awaitUp();
    ProcessHandle controlPlane = handle("control-plane").orElseThrow();
    ProcessHandle gateway = handle("east-gateway-1").orElseThrow();
    assertThat(Files.readString(dataDir.resolve("configuration")))
        .isEqualTo("east 127.77.0.1:15012 " + dataDir.resolve("services"));
    assertThat(dataDir.resolve("admin-address")).hasContent("http://127.77.0.1:15080\n");
    Path config = dataDir.resolve("gateways/east-gateway-1/gateway.yaml");
    assertThat(Files.readString(config))
        .contains("listen: 127.77.0.2:15443\n")
        .contains("admin: 127.77.0.2:15000\n");
    Path token = config.resolveSibling("join-token");
    assertThat(token).hasContent("hwsr1.abc");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
        .isEqualTo("rw-------");

    cluster.destroy();

    assertThat(cluster.waitFor(20, TimeUnit.SECONDS)).isTrue();
    await().until(() -> !controlPlane.isAlive() && !gateway.isAlive());
    assertThat(dataDir.resolve("log/east-gateway-1.log")).content().contains("draining");
    String out = output(cluster);
    assertThat(out)
        .contains("cluster east.mesh.internal is up")
        .contains("http://127.77.0.1:15080")
        .contains(GATEWAY)
        .contains("export HAWSER_DATA_DIR=" + dataDir);
  }

  @Test
  void aSecondStartFromTheSameDirectoryIsRefused() throws Exception {
    hawser("cluster", "start", "--name", "east");
    awaitUp();
    Process second = hawser("cluster", "start", "--name", "east");
    assertThat(second.waitFor()).isEqualTo(1);
    assertThat(output(second)).contains("already runs").contains("hawser cluster stop");
    assertThat(handle("control-plane")).isPresent();
  }

  @Test
  void aControlPlaneThatEndsAtOnceIsReportedWithItsLastWords() throws Exception {
    Process cluster = hawser("cluster", "start", "--name", "east", "--set", "stub.fail=1");
    assertThat(cluster.waitFor()).isEqualTo(1);
    assertThat(output(cluster))
        .contains("exit code 7")
        .contains("no database here")
        .contains("control-plane.log");
  }

  @Test
  void aGatewayThatIsKilledIsStartedAgain() throws Exception {
    Process cluster = hawser("cluster", "start", "--name", "east");
    awaitUp();
    ProcessHandle gateway = handle("east-gateway-1").orElseThrow();

    gateway.destroyForcibly();

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> handle("east-gateway-1").filter(it -> it.pid() != gateway.pid()).isPresent());
    assertThat(output(cluster))
        .contains("east-gateway-1 ended with exit code 137 and starts again");
    ProcessHandle again = handle("east-gateway-1").orElseThrow();
    cluster.destroy();
    assertThat(cluster.waitFor(20, TimeUnit.SECONDS)).isTrue();
    await().until(() -> !again.isAlive());
  }

  @Test
  void detachedItGoesOnUntilItIsStopped() throws Exception {
    Process start = hawser("cluster", "start", "--name", "east", "--detach");
    assertThat(start.waitFor()).isZero();
    assertThat(output(start)).contains("cluster east.mesh.internal is up");
    ProcessHandle gateway = handle("east-gateway-1").orElseThrow();

    Process stop = hawser("cluster", "stop");

    assertThat(stop.waitFor()).isZero();
    await().atMost(Duration.ofSeconds(5)).until(() -> !gateway.isAlive());
    assertThat(handle("control-plane")).isEmpty();
    Process again = hawser("cluster", "stop");
    assertThat(again.waitFor()).isEqualTo(1);
  }

  private void awaitUp() {
    await().atMost(Duration.ofSeconds(90)).until(() -> Files.exists(dataDir.resolve("run/ready")));
  }

  private Optional<ProcessHandle> handle(String name) throws IOException {
    return new PidFile(dataDir.resolve("run").resolve(name + ".pid")).alive();
  }

  private Process hawser(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "dev.hawser.cli.HawserCli"));
    command.addAll(List.of(arguments));
    if (arguments[1].equals("start")) {
      command.addAll(List.of("--address", CONTROL_PLANE, "--gateway", GATEWAY));
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Path log = folder.resolve("hawser-" + started.size() + ".out");
    builder.redirectOutput(log.toFile());
    builder.environment().put("HAWSER_HOME", folder.resolve("home").toString());
    builder.environment().put("HAWSER_DATA_DIR", dataDir.toString());
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private String output(Process process) throws IOException {
    return Files.readString(folder.resolve("hawser-" + started.indexOf(process) + ".out"));
  }

  private static void jar(Path file, Class<?> main) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, main.getName());
    Files.createDirectories(file.getParent());
    String entry = main.getName().replace('.', '/') + ".class";
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out, manifest);
        var bytes = main.getClassLoader().getResourceAsStream(entry)) {
      jar.putNextEntry(new JarEntry(entry));
      jar.write(bytes.readAllBytes());
    }
  }
}
