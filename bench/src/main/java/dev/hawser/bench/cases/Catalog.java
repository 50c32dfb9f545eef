package dev.hawser.bench.cases;

import dev.hawser.bench.backend.Answers;
import dev.hawser.bench.load.H2load;
import dev.hawser.bench.load.Load;
import dev.hawser.bench.load.Wrk;
import dev.hawser.bench.rig.Bench;
import dev.hawser.bench.rig.Task;
import dev.hawser.bench.rig.Task.App;
import dev.hawser.bench.rig.Task.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Every case, in the order in which they are run. */
public final class Catalog {
  /** At the same time: connections, or streams of a few connections. */
  private static final int CALLERS = 64;

  private static final int LARGE_CALLERS = 8;
  private static final int HTTP2_CONNECTIONS = 8;

  private Catalog() {}

  /** Returns all cases. */
  public static List<BenchCase> all() {
    Task pair = Task.of(Shape.PAIR);
    return List.of(
        request("pair-1k", pair, Catalog::wrk),
        request("h1-1k", Task.of(Shape.PLAIN), Catalog::wrk),
        request("sni-1k", Task.of(Shape.PASSTHROUGH), _ -> tls(CALLERS, "/")),
        bulk("sni-1m", Task.of(Shape.PASSTHROUGH), _ -> tls(LARGE_CALLERS, Answers.LARGE_PATH)),
        request("pair-l4", Task.of(Shape.PAIR_RAW), Catalog::wrk),
        request("pair-h2", pair.with(App.HTTP2), _ -> http2(List.of())),
        request("pair-grpc", pair.with(App.GRPC), Catalog::grpc),
        new HandshakeCase("mtls-new", false),
        new HandshakeCase("mtls-resumed", true),
        bulk("mtls-bulk", pair, bench -> wrk(bench, LARGE_CALLERS, Answers.LARGE_PATH)),
        new MemoryCase("memory", 100, 5),
        new IdleServicesCase("idle-services", 5000),
        new WarmUpCase("warm-up"),
        new LatencyCase("latency"),
        new ConnectionsCase("pair-connections"),
        new CoresCase("pair-two-cores"),
        new SoakCase("soak"));
  }

  private static CpuCase request(String name, Task task, CpuCase.Loads loads) {
    return new CpuCase(name, task, loads, "request", Answers.SMALL, false);
  }

  private static CpuCase bulk(String name, Task task, CpuCase.Loads loads) {
    return new CpuCase(name, task, loads, "mib", Answers.LARGE, true);
  }

  static Wrk wrk(Bench bench) throws IOException {
    return wrk(bench, CALLERS, "/");
  }

  /** Returns calls to a service by its name, counted from 0. */
  static Load byHost(Bench bench, int service) throws IOException {
    Wrk wrk = wrk(bench, CALLERS, "/");
    return new Wrk(
        wrk.script(),
        wrk.connections(),
        wrk.path(),
        List.of("Host: " + Bench.service(service) + ":8080"));
  }

  static Wrk wrk(Bench bench, int connections, String path) throws IOException {
    Path script = bench.folder().resolve("summary.lua");
    try (InputStream lua =
        Objects.requireNonNull(Wrk.class.getResourceAsStream("summary.lua"), "summary.lua")) {
      Files.write(script, lua.readAllBytes());
    }
    return new Wrk(script, connections, path, List.of());
  }

  private static Load tls(int clients, String path) {
    return new H2load(clients, 1, true, path, List.of());
  }

  private static Load http2(List<String> options) {
    return new H2load(HTTP2_CONNECTIONS, CALLERS / HTTP2_CONNECTIONS, false, "/", options);
  }

  private static Load grpc(Bench bench) throws IOException {
    byte[] message = new byte[Answers.SMALL];
    int length = message.length - 5;
    message[3] = (byte) (length >> 8);
    message[4] = (byte) length;
    Path file = Files.write(bench.folder().resolve("message.grpc"), message);
    return http2(
        List.of(
            "-d", file.toString(), "-H", "content-type: application/grpc", "-H", "te: trailers"));
  }
}
