package dev.hawser.it.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.LoopbackCluster;
import dev.hawser.it.harness.LoopbackMesh;
import dev.hawser.it.harness.Managed;
import dev.hawser.it.harness.Shell;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A sidecar and a VM's agent are followed by others, and told to end, under load. */
class HotRestartIT {
  private static final int SUCCESSORS = 2;

  /** Where the agent offers the application, on an address of its own. */
  private static final int AGENT_HOST = 12;

  private static final int UPSTREAM_PORT = 9001;

  private static LoopbackMesh mesh;
  private static HttpServer application;

  @BeforeAll
  static void start() throws IOException {
    mesh = LoopbackMesh.oneCluster("hot-restart", "http");
    application = application(mesh.application());
    mesh.awaitServed();
  }

  @AfterAll
  static void stop() {
    application.stop(0);
    mesh.close();
  }

  @Test
  void successorsOfASidecarAndItsEndLoseNoRequest() throws InterruptedException {
    succeed("callee's sidecar", mesh.calleeProxy(), mesh::succeedCallee, mesh.upstream());
    Managed last = succeed("sidecar", mesh.callerProxy(), mesh::succeedCaller, mesh.upstream());
    end("sidecar", last, mesh.upstream());
  }

  @Test
  void successorsOfAnAgentAndItsEndLoseNoRequest() throws IOException, InterruptedException {
    LoopbackCluster cluster = mesh.callersCluster();
    String address = cluster.address(AGENT_HOST);
    InetSocketAddress upstream = new InetSocketAddress(address, UPSTREAM_PORT);
    Path data = mesh.folder().resolve("vm-1");
    String token =
        LoopbackMesh.token(
            cluster.hawser(
                "vm", "invite", "vm-1", "--service", "ledger.shop", "--port", "http:8080/http"));
    Shell.run(
            Map.of(),
            List.of(
                Home.command("hawser-agent"),
                "join",
                token,
                "--data-dir",
                data.toString(),
                "--address",
                address,
                "--ports",
                "admin=15900",
                "--upstream",
                "app.shop:8080=" + address + ":" + UPSTREAM_PORT))
        .orFail();
    List<Managed> agents = new ArrayList<>();
    HttpServer ledger = application(new InetSocketAddress(address, 8080));
    try {
      agents.add(agent("agent", data));
      await("the agent serves").atMost(Duration.ofSeconds(60)).until(() -> isServed(upstream));
      Managed last =
          succeed(
              "agent",
              agents.getFirst(),
              number -> {
                Managed next = agent("agent-" + number, data, "--take-over");
                agents.add(next);
                return next;
              },
              upstream);
      assertThat(cluster.hawser("endpoints", "ledger.shop")).contains(address);
      end("agent", last, upstream);
    } finally {
      agents.forEach(Managed::close);
      ledger.stop(0);
    }
  }

  private static Managed agent(String name, Path data, String... options) {
    List<String> command =
        new ArrayList<>(
            List.of(Home.command("hawser-agent"), "run", "--data-dir", data.toString()));
    command.addAll(List.of(options));
    return Managed.start(name, mesh.folder().resolve("log"), Map.of(), command);
  }

  private static boolean isServed(InetSocketAddress address) {
    try {
      URL url = URI.create("http://" + address.getHostString() + ":" + address.getPort()).toURL();
      return ((HttpURLConnection) url.openConnection()).getResponseCode() == 200;
    } catch (IOException _) {
      return false; // it does not listen yet
    }
  }

  /** Starts successors, one after the other, and waits each time until the one before has ended. */
  private static Managed succeed(
      String what, Managed first, IntFunction<Managed> successor, InetSocketAddress address)
      throws InterruptedException {
    Managed present = first;
    try (Callers callers = Callers.start(address, 4, false)) {
      await().until(() -> callers.answered.get() > 100);
      for (int i = 1; i <= SUCCESSORS; i++) {
        Managed before = present;
        present = successor.apply(i);
        Managed next = present;
        await("the predecessor of number " + i + " ends")
            .atMost(Duration.ofSeconds(90))
            .failFast(() -> assertThat(next.isAlive()).as(next.lastWords()).isTrue())
            .until(() -> !before.isAlive());
        assertThat(before.lastWords()).doesNotContain("ERROR");
        int then = callers.answered.get();
        await().until(() -> callers.answered.get() > then + 50);
      }
      callers.stop();
      System.out.printf(
          "STORY hot restarts of the %s: %d, answered %d, failed %d%n",
          what, SUCCESSORS, callers.answered.get(), callers.failures.size());
      assertThat(callers.failures).isEmpty();
    }
    return present;
  }

  private static void end(String what, Managed last, InetSocketAddress address)
      throws InterruptedException {
    try (Callers callers = Callers.start(address, 4, true)) {
      await().until(() -> callers.answered.get() > 100);
      assertThat(last.terminate(30)).as(last.lastWords()).isTrue();
      callers.awaitEnd();
      System.out.printf(
          "STORY SIGTERM of the %s under load: answered %d, lost %d%n",
          what, callers.answered.get(), callers.failures.size());
      assertThat(callers.failures).isEmpty();
    }
    assertThat(last.lastWords()).doesNotContain("ERROR").contains("Drain begins");
  }

  private static HttpServer application(InetSocketAddress address) throws IOException {
    HttpServer server = HttpServer.create(address, 500);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "answered".getBytes(StandardCharsets.US_ASCII);
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }
}
