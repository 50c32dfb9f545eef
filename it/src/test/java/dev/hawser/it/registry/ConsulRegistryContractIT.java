package dev.hawser.it.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.Provenance;
import dev.hawser.controlplane.consul.ConsulOptions;
import dev.hawser.controlplane.consul.ConsulRegistry;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.registry.ServiceRegistry;
import dev.hawser.controlplane.registry.Site;
import dev.hawser.it.programs.ConsulServer;
import dev.hawser.it.programs.Place;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Consul server: killed, restarted, and robbed of its data. */
final class ConsulRegistryContractIT extends ServiceRegistryContract {
  private static final Map<String, String> SHOP = Map.of("hawser-namespace", "shop");
  private static @Nullable ConsulServer consul;
  private static @Nullable Path data;

  @BeforeAll
  static void startConsul(@TempDir Path folder) {
    data = folder.resolve("consul");
    consul = ConsulServer.start(Place.local(folder), "dc1");
  }

  @AfterAll
  static void stopConsul() {
    consul().close();
  }

  @Override
  Upstream upstream(Path folder) {
    return new Datacenter();
  }

  @Override
  Provenance.Registry kind() {
    return Provenance.Registry.CONSUL;
  }

  @Test
  void warningIsReadyAndConsulItselfIsNoService() {
    upstream().service("orders", "true", List.of(ORDERS_1, ORDERS_2));
    start();
    reports.awaitReady("both pass", "orders", "10.7.0.1", "10.7.0.2");

    consul().check("orders-1", "warning");
    consul().check("orders-2", "critical");

    RegistryState state = reports.awaitReady("one warns, one is critical", "orders", "10.7.0.1");
    assertThat(state.services()).extracting(it -> it.name().name()).containsExactly("orders");
  }

  @Test
  void consulKilledAndRestartedTakesNoEndpointOutAlthoughItsChecksHaveNotRunYet()
      throws IOException {
    HttpServer app =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    app.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write("ok".getBytes(StandardCharsets.US_ASCII));
          exchange.close();
        });
    app.start();
    try {
      Datacenter datacenter = (Datacenter) upstream();
      Set<String> addresses = new TreeSet<>();
      for (int i = 1; i <= 12; i++) {
        addresses.add("10.7.3." + i);
        datacenter.registerWithHttpCheck("checked-" + i, "10.7.3." + i, app.getAddress().getPort());
      }
      start();
      String[] all = addresses.toArray(String[]::new);
      reports.awaitReady("twelve checked instances", "checked", all);
      int reported = reports.states().size();

      consul().killAndRestart();
      reports.await(
          "resynced after the kill",
          AFTER_A_KILL,
          _ -> reports.states().stream().skip(reported).anyMatch(RegistryState::resynced));
      Awaitility.await("Consul says critical of checks that have not run")
          .atMost(SOON)
          .until(() -> datacenter.passing("checked") < 12);
      System.out.printf("  Consul itself says passing of %d%n", datacenter.passing("checked"));
      Awaitility.await("all checks have run")
          .atMost(AFTER_A_KILL)
          .until(() -> datacenter.passing("checked") == 12);

      for (RegistryState state : reports.states().subList(reported, reports.states().size())) {
        assertThat(Reports.ready(state, "checked")).isEqualTo(addresses);
      }
    } finally {
      app.stop(0);
    }
  }

  @Test
  void moreServicesThanQueriesAreAllFollowed() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      String name = "many-" + i;
      names.add(name + ".shop");
      upstream()
          .service(name, "", List.of(new Upstream.Instance(name, "10.8.0." + (i + 1), "many")));
    }
    ConsulOptions options =
        new ConsulOptions(
            URI.create(consul().url()),
            "dc1",
            Optional.empty(),
            "default",
            Duration.ofSeconds(30),
            6);
    try (ConsulRegistry registry =
        new ConsulRegistry(options, Datacenter.SITE, InstantSource.system())) {
      registry.start(reports);
      RegistryState state =
          reports.await("24 services by 4 queries", SOON, it -> it.endpointCount() == 24);
      assertThat(state.services())
          .extracting(it -> it.name().toString())
          .containsExactlyInAnyOrderElementsOf(names);

      upstream().add("many-7", new Upstream.Instance("many-7b", "10.8.1.7", "many"));

      reports.awaitReady("a change in one of them", "many-7", "10.8.0.8", "10.8.1.7");
    }
  }

  private static ConsulServer consul() {
    ConsulServer server = consul;
    if (server == null) {
      throw new AssertionError("Consul was not started");
    }
    return server;
  }

  private static final class Datacenter implements Upstream {
    static final Site SITE = new Site("east", "net-east", new Locality("east", "a", ""));

    private final Map<String, String> exports = new HashMap<>();
    private final Map<String, String> serviceOfId = new TreeMap<>();
    private final HttpClient client = HttpClient.newHttpClient();

    @Override
    public ServiceRegistry connect() {
      return new ConsulRegistry(
          ConsulOptions.of(URI.create(consul().url()), "dc1", Optional.empty(), "default"),
          SITE,
          InstantSource.system());
    }

    @Override
    public void service(String name, String export, List<Instance> instances) {
      exports.put(name, export);
      instances.forEach(instance -> add(name, instance));
    }

    @Override
    public void add(String name, Instance instance) {
      Map<String, String> meta = new TreeMap<>(SHOP);
      meta.put("hawser-service-account", instance.serviceAccount());
      String export = exports.getOrDefault(name, "");
      if (!export.isEmpty()) {
        meta.put("hawser-export", export);
      }
      consul().register(name, instance.id(), instance.address(), 8080, meta);
      serviceOfId.put(instance.id(), name);
    }

    @Override
    public void remove(String name, Instance instance) {
      consul().deregister(instance.id());
      serviceOfId.remove(instance.id());
    }

    @Override
    public void remove(String name) {
      for (Map.Entry<String, String> entry : List.copyOf(serviceOfId.entrySet())) {
        if (entry.getValue().equals(name)) {
          remove(name, new Instance(entry.getKey(), "", ""));
        }
      }
    }

    @Override
    public boolean health(String name, Instance instance, boolean passes) {
      consul().check(instance.id(), passes ? "passing" : "critical");
      return true;
    }

    @Override
    public String spoil() {
      consul().register("Bad_Name", "bad", "10.7.9.9", 8080, SHOP);
      serviceOfId.put("bad", "Bad_Name");
      return "service name: 'Bad_Name' (expected: 1-63 of a-z";
    }

    @Override
    public boolean leave() {
      consul().process().kill();
      return true;
    }

    @Override
    public void comeBack() {
      consul().process().restart();
      consul().awaitLeader();
    }

    @Override
    public boolean forget() {
      consul().process().kill();
      Path folder = data;
      if (folder == null) {
        throw new AssertionError("Consul was not started");
      }
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      serviceOfId.clear();
      comeBack();
      return true;
    }

    @Override
    public void close() {
      serviceOfId.keySet().forEach(id -> consul().deregister(id));
      client.close();
    }

    void registerWithHttpCheck(String id, String address, int port) {
      String body =
          """
          {"Name":"checked","ID":"%s","Address":"%s","Port":8080,"Meta":{"hawser-namespace":"shop"},
           "Check":{"HTTP":"http://127.0.0.1:%d/","Interval":"20s","Timeout":"1s","Status":"passing"}}
          """
              .formatted(id, address, port);
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(consul().url() + "/v1/agent/service/register"))
              .PUT(HttpRequest.BodyPublishers.ofString(body))
              .build();
      assertThat(send(request).statusCode()).isEqualTo(200);
      serviceOfId.put(id, "checked");
    }

    /** Returns of how many instances Consul itself says that they pass. */
    int passing(String service) {
      URI uri = URI.create(consul().url() + "/v1/health/service/" + service + "?passing");
      String body = send(HttpRequest.newBuilder(uri).build()).body();
      return body.split("\"Service\":\\{\"ID\"", -1).length - 1;
    }

    private HttpResponse<String> send(HttpRequest request) {
      try {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
      } catch (IOException e) {
        throw new AssertionError(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }
}
