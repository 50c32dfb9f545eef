package dev.hawser.it.programs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.it.harness.Managed;
import dev.hawser.testing.ports.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A Consul server of one member that keeps its data over restarts. */
public final class ConsulServer implements AutoCloseable {
  private static final int HTTP_PORT = 8500;

  private final Managed process;
  private final Path data;
  private final String url;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, String> registered = new ConcurrentHashMap<>();

  private ConsulServer(Managed process, Path data, String url) {
    this.process = process;
    this.data = data;
    this.url = url;
  }

  /** Starts it; it has a leader when this returns. */
  public static ConsulServer start(Place place, String datacenter) {
    boolean shared = place.prefix().isEmpty();
    // In a namespace of its own the usual ports are free; beside other tests they may not be.
    int http = shared ? FreePorts.next() : HTTP_PORT;
    Path data = place.folder().resolve("consul");
    List<String> command =
        place.command(
            List.of(
                Programs.consul(),
                "agent",
                "-server",
                "-bootstrap-expect=1",
                "-datacenter",
                datacenter,
                "-node",
                datacenter + "-server",
                "-data-dir",
                data.toString(),
                "-bind",
                place.address(),
                "-advertise",
                place.address(),
                "-client",
                place.address(),
                "-http-port",
                Integer.toString(http),
                "-server-port",
                port(shared, 8300),
                "-serf-lan-port",
                port(shared, 8301),
                "-serf-wan-port",
                "-1",
                "-dns-port",
                "-1",
                "-grpc-port",
                "-1",
                "-hcl",
                "connect { enabled = false } performance { raft_multiplier = 1 }",
                "-log-level",
                "warn"));
    Managed process = Managed.start("consul", place.logs(), Map.of(), command);
    ConsulServer consul = new ConsulServer(process, data, "http://" + place.address() + ":" + http);
    consul.awaitLeader();
    return consul;
  }

  private static String port(boolean shared, int usual) {
    return Integer.toString(shared ? FreePorts.next() : usual);
  }

  /** Returns the address of its HTTP API. */
  public String url() {
    return url;
  }

  public Managed process() {
    return process;
  }

  /** Waits until it answers and has a leader. */
  public void awaitLeader() {
    Awaitility.await("consul has a leader")
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(100))
        .failFast(() -> assertThat(process.isAlive()).as(process.lastWords()).isTrue())
        .until(() -> {
          try {
            return get("/v1/status/leader").body().length() > 4;
          } catch (UncheckedIOException e) {
            return false;
          }
        });
  }

  /** SIGKILL and a start with the same data. */
  public void killAndRestart() {
    restart(true);
  }

  /** SIGKILL, or SIGTERM, and a start with the same data; it has a leader when this returns. */
  public void restart(boolean kill) {
    if (kill) {
      process.kill();
    } else {
      assertThat(process.terminate(20)).as(process.lastWords()).isTrue();
    }
    process.restart();
    awaitLeader();
  }

  /** What applications with such checks do all the time: after a restart Consul doubts them. */
  public void beat() {
    registered.keySet().forEach(id -> check(id, "passing"));
  }

  /** SIGKILL and a start without its data: it answers, and knows nothing any more. */
  public void loseEverything() {
    process.kill();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    registered.clear();
    process.restart();
    awaitLeader();
  }

  /** Registers an instance with a TTL check that passes. */
  public void register(
      String service, String id, String address, int port, Map<String, String> meta) {
    String metaJson =
        meta.entrySet().stream()
            .map(entry -> "\"" + entry.getKey() + "\":\"" + entry.getValue() + "\"")
            .collect(Collectors.joining(",", "{", "}"));
    put(
        "/v1/agent/service/register",
        """
        {"Name":"%s","ID":"%s","Address":"%s","Port":%d,"Meta":%s,
         "Check":{"CheckID":"check-%s","Name":"alive","TTL":"24h","Status":"passing"}}
        """
            .formatted(service, id, address, port, metaJson, id));
    registered.put(id, service);
  }

  /**
   * Sets the state of an instance's check: {@code passing}, {@code warning} or {@code critical}.
   */
  public void check(String id, String status) {
    put("/v1/agent/check/update/check-" + id, "{\"Status\":\"" + status + "\"}");
  }

  public void deregister(String id) {
    put("/v1/agent/service/deregister/" + id, "");
    registered.remove(id);
  }

  /** Returns the ids that are registered. */
  public Set<String> registered() {
    return Set.copyOf(registered.keySet());
  }

  private HttpResponse<String> get(String path) {
    return send(
        HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(5)).build());
  }

  private void put(String path, String body) {
    HttpResponse<String> response =
        send(
            HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(10))
                .PUT(HttpRequest.BodyPublishers.ofString(body))
                .build());
    assertThat(response.statusCode()).as("PUT " + path + ": " + response.body()).isEqualTo(200);
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
