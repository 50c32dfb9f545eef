package dev.hawser.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * A control plane with a registry of files, and its gateway, each at an address of its own on
 * loopback.
 */
public final class LoopbackCluster implements AutoCloseable {
  private final String name;
  private final String network;
  private final Path folder;
  private final Managed process;
  private final HttpClient client = HttpClient.newHttpClient();

  private LoopbackCluster(String name, String network, Path folder, Managed process) {
    this.name = name;
    this.network = network;
    this.folder = folder;
    this.process = process;
  }

  /** Starts it as a user does; {@link #awaitReady} waits until it is up. */
  static LoopbackCluster start(
      String name, int number, Path folder, Map<String, String> environment) {
    String network = "127." + number + ".0.";
    Path services = folder.resolve(name + "-services");
    try {
      Files.createDirectories(services);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Managed process =
        Managed.start(
            name,
            folder.resolve("log"),
            environment,
            List.of(
                Home.command("hawser"),
                "cluster",
                "start",
                "--name",
                name,
                "--data-dir",
                folder.resolve(name).toString(),
                "--address",
                network + 1,
                "--gateway",
                network + "2:" + Site.GATEWAY_PORT,
                "--registry",
                "file:" + services));
    return new LoopbackCluster(name, network, folder, process);
  }

  public String name() {
    return name;
  }

  /** Returns one of its addresses. */
  public String address(int host) {
    return network + host;
  }

  /** Returns the address of its gateway, port {@link Site#GATEWAY_PORT}. */
  public String gateway() {
    return network + 2;
  }

  /** Returns the process of its gateway. */
  public ProcessHandle gatewayProcess() {
    awaitUp();
    return process.family().stream()
        .filter(one -> one.info().commandLine().orElse("").contains("east-west-gateway"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no gateway: " + process.lastWords()));
  }

  Path folder() {
    return folder;
  }

  void awaitReady() {
    Awaitility.await(name + " is ready")
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(50))
        .failFast(() -> assertThat(process.isAlive()).as(process.lastWords()).isTrue())
        .until(() -> get("http://" + network + "1:15080/q/health/ready").equals("200"));
  }

  /** Waits until its gateway is ready too: the command says so. */
  void awaitUp() {
    Awaitility.await(name + " is up")
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(50))
        .failFast(() -> assertThat(process.isAlive()).as(process.lastWords()).isTrue())
        .until(() -> process.lastWords().contains(" is up"));
  }

  /** Makes a service known that one workload serves at port 8080, exported to all. */
  public void service(String service, String protocol, String address) {
    String yaml =
        """
        apiVersion: hawser.dev/v1
        kind: Service
        metadata:
          name: %1$s
          namespace: shop
          annotations: {hawser.dev/export: "true"}
        spec:
          ports:
          - {name: %2$s, port: 8080, protocol: %2$s}
          endpoints:
          - {address: %3$s, serviceAccount: %1$s, locality: %4$s/a}
        """
            .formatted(service, protocol, address, name);
    try {
      // A registry must not read half a file.
      Path written = Files.writeString(folder.resolve(service + ".written"), yaml);
      Files.move(written, folder.resolve(name + "-services").resolve(service + ".yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs {@code hawser} against it and fails the test if it fails. */
  public String hawser(String... arguments) {
    return tryHawser(arguments).orFail().output();
  }

  /** Runs {@code hawser} against it. */
  public Shell.Result tryHawser(String... arguments) {
    List<String> command = new ArrayList<>(List.of(Home.command("hawser")));
    command.addAll(List.of(arguments));
    return Shell.run(Map.of("HAWSER_DATA_DIR", folder.resolve(name).toString()), command);
  }

  /** Returns the status of an answer, {@code none} if there is none. */
  private String get(String url) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(2)).build();
      return Integer.toString(
          client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
    } catch (IOException _) {
      return "none";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    process.close();
    client.close();
  }
}
