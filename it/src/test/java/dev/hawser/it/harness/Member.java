package dev.hawser.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * A cluster of a story: a control plane and its gateways at one site, and the {@code hawser}
 * command that means it.
 */
public final class Member implements AutoCloseable {
  private static final String NETWORK_WIDE_MESH = "mesh.internal";

  /** On the loopback of the site: nothing else may carry the credential. */
  private static final String ADMIN = "http://127.0.0.1:15080";

  private final String name;
  private final Site site;
  private final Path folder;
  private final Managed controlPlane;
  private final List<Managed> gateways = new ArrayList<>();

  private Member(String name, Site site, Path folder, Managed controlPlane) {
    this.name = name;
    this.site = site;
    this.folder = folder;
    this.controlPlane = controlPlane;
  }

  /**
   * Starts a control plane; it is up when this returns.
   *
   * @param registry what it reads: configuration by environment variable, e.g. {@code
   *     HAWSER_REGISTRY_FILE_DIRECTORY}
   */
  public static Member start(String name, Site site, Path stories, Map<String, String> registry) {
    Path folder = stories.resolve(name);
    Map<String, String> environment = new HashMap<>(registry);
    environment.put("HAWSER_CLUSTER_NAME", name);
    environment.put("HAWSER_CLUSTER_MESH_DOMAIN", NETWORK_WIDE_MESH);
    environment.put("HAWSER_CLUSTER_LOCALITY", name + "/a");
    environment.put("HAWSER_DATA_DIR", folder.toString());
    environment.put("HAWSER_LISTEN_PROXIES", site.address(1) + ":15012");
    environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
    environment.put("QUARKUS_HTTP_PORT", "15080");
    Managed controlPlane =
        Managed.start(
            name + "-control-plane",
            stories.resolve("log"),
            environment,
            site.command(Home.command("hawser-control-plane")));
    Member member = new Member(name, site, folder, controlPlane);
    member.awaitReady(Duration.ofMinutes(2));
    return member;
  }

  public String name() {
    return name;
  }

  public Site site() {
    return site;
  }

  public Managed controlPlane() {
    return controlPlane;
  }

  public List<Managed> gateways() {
    return List.copyOf(gateways);
  }

  /** Returns the folder in which the control plane keeps its state. */
  public Path dataDir() {
    return folder;
  }

  /** Starts a gateway at a public address of the site. */
  public Managed startGateway(String publicAddress) {
    String gateway = name + "-gateway-" + (gateways.size() + 1);
    String address = publicAddress + ":" + Site.GATEWAY_PORT;
    Managed process =
        Managed.start(
            gateway,
            folder.resolveSibling("log"),
            environment(),
            site.command(
                Home.command("hawser"),
                "gateway",
                "start",
                "--name",
                gateway,
                "--listen",
                address,
                "--admin",
                "127.0.0.1:" + (15_000 + gateways.size()),
                "--data-dir",
                folder.toString()));
    gateways.add(process);
    return process;
  }

  /** Runs {@code hawser} against this cluster and fails the story if it fails. */
  public String hawser(String... arguments) {
    return tryHawser(arguments).orFail().output();
  }

  /** Runs {@code hawser} against this cluster. */
  public Shell.Result tryHawser(String... arguments) {
    List<String> command = new ArrayList<>(List.of(Home.command("hawser")));
    command.addAll(List.of(arguments));
    return Shell.run(environment(), site.command(command));
  }

  /** Asks the administration API, as a script on the control plane's machine would. */
  public String get(String path) {
    return ask(path, "");
  }

  /** Sends JSON to the administration API, as a script on the control plane's machine would. */
  public String post(String path, String json) {
    return ask(path, " -H 'Content-Type: application/json' -d '" + json + "'");
  }

  private String ask(String path, String more) {
    Path credential = folder.resolve("admin-token");
    Shell.Result result =
        Shell.run(
            Map.of(),
            site.command(
                "bash",
                "-c",
                "curl -s -m 5 -w '\\n%{http_code}' -H \"Authorization: Bearer $(cat "
                    + credential
                    + ")\""
                    + more
                    + " "
                    + ADMIN
                    + path));
    String[] parts = result.output().split("\n(?=\\d+$)", 2);
    assertThat(parts[parts.length - 1].strip()).as(path + ": " + result.output()).startsWith("20");
    return parts[0];
  }

  /** Waits until the control plane is ready and says how long that took. */
  public Duration awaitReady(Duration atMost) {
    long start = System.nanoTime();
    Awaitility.await(name + " is ready")
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(250))
        .failFast(() -> assertThat(controlPlane.isAlive()).as(controlPlane.lastWords()).isTrue())
        .until(this::isReady);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** SIGKILL to the control plane, or SIGTERM, and a new start; it is ready when this returns. */
  public void restartControlPlane(boolean kill, Duration atMost) {
    if (kill) {
      controlPlane.kill();
    } else {
      assertThat(controlPlane.terminate(20)).as(controlPlane.lastWords()).isTrue();
    }
    controlPlane.restart();
    awaitReady(atMost);
  }

  private boolean isReady() {
    Shell.Result result =
        Shell.run(
            Map.of(),
            site.command(
                "curl",
                "-s",
                "-m",
                "2",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}",
                ADMIN + "/q/health/ready"));
    return result.output().strip().equals("200");
  }

  private Map<String, String> environment() {
    return Map.of("HAWSER_DATA_DIR", folder.toString());
  }

  @Override
  public void close() {
    gateways.forEach(Managed::close);
    controlPlane.close();
  }
}
