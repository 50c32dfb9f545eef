package dev.hawser.bench.rig;

import dev.hawser.bench.load.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A cluster of ours with a control plane of its own, a file registry and two sidecars. */
final class HawserMesh {
  private static final String ADDRESS = Facts.address(1, 1);
  private static final Duration START = Duration.ofSeconds(90);
  private static final String ELSEWHERE = Facts.address(1, 99);
  private static final int SERVED = 5;
  private static final int PER_FILE = 100;
  private static final int BY_NAME_PORT = 15001;
  private static final int COMMAND_SECONDS = 60;
  private static final Pattern TOKEN = Pattern.compile("hwsr1\\.[A-Za-z0-9_-]+");

  private HawserMesh() {}

  static Rig start(Launcher launcher, String run, Task task, Map<String, String> values)
      throws IOException, InterruptedException {
    Path folder = Files.createDirectories(launcher.folder().resolve(run));
    Path services = Files.createDirectories(folder.resolve("services"));
    writeServices(services, task.known(), values);
    Path dataDir = folder.resolve("east");
    Proc cluster =
        launcher.helper(
            run + "-cluster",
            List.of(
                launcher.command("hawser"),
                "cluster",
                "start",
                "--no-gateway",
                "--name",
                Identities.CLUSTER,
                "--data-dir",
                dataDir.toString(),
                "--address",
                ADDRESS,
                "--registry",
                "file:" + services));
    List<Proc> sidecars = new ArrayList<>();
    try {
      Http.await("http://" + ADDRESS + ":15080/q/health/ready", START, cluster);
      sidecars.add(sidecar(launcher, run, "app", values, dataDir, ""));
      int port =
          switch (task.app()) {
            case HTTP1 -> task.shape() == Task.Shape.PAIR_RAW ? 8090 : 8080;
            case HTTP2 -> 8081;
            case GRPC -> 8082;
          };
      String caller = values.getOrDefault("callerHost", "");
      // Of many services, each is called by its name at the port that is for all of them.
      boolean byName = task.known() > 1;
      String upstream =
          "{service: app.bench, port: %d, listen: \"%s:%d\"}"
              .formatted(port, caller, Facts.UPSTREAM_PORT);
      sidecars.add(sidecar(launcher, run, "web", values, dataDir, byName ? "" : upstream));
      Target target = byName ? Target.plain(caller, BY_NAME_PORT) : Setup.target(task, values);
      return new Rig(target, sidecars, cluster);
    } catch (IOException | RuntimeException | InterruptedException e) {
      sidecars.forEach(Proc::close);
      cluster.close();
      throw e;
    }
  }

  private static void writeServices(Path services, int known, Map<String, String> values)
      throws IOException {
    Map<String, String> one = new HashMap<>(values);
    StringBuilder file = new StringBuilder();
    for (int i = 0; i < known; i++) {
      one.put("name", Facts.service(i));
      // The callee runs a few of the services; the others are somewhere else, as in any mesh.
      one.put("calleeHost", i < SERVED ? values.getOrDefault("calleeHost", "") : ELSEWHERE);
      file.append("---\n").append(Template.fill("hawser-service.yaml", one));
      if (i % PER_FILE == PER_FILE - 1 || i == known - 1) {
        Files.writeString(services.resolve("services-" + i / PER_FILE + ".yaml"), file);
        file.setLength(0);
      }
    }
  }

  private static Proc sidecar(
      Launcher launcher,
      String run,
      String name,
      Map<String, String> values,
      Path cluster,
      String upstreams)
      throws IOException, InterruptedException {
    Path token = launcher.write(run + "-" + name + ".token", token(launcher, cluster, name));
    Map<String, String> all = new HashMap<>(values);
    all.put("node", name);
    all.put("address", values.getOrDefault(name.equals("web") ? "callerHost" : "calleeHost", ""));
    all.put("dataDir", launcher.folder().resolve(run).resolve(name).toString());
    all.put("join", "join: {tokenFile: " + token + "}");
    all.put("upstreams", upstreams);
    Path config =
        launcher.write(run + "-" + name + ".yaml", Template.fill("hawser-sidecar.yaml", all));
    return launcher.subject(
        run + "-" + name, List.of(launcher.command("hawser-proxy"), "--config", config.toString()));
  }

  private static String token(Launcher launcher, Path dataDir, String serviceAccount)
      throws IOException, InterruptedException {
    List<String> command =
        List.of(
            launcher.command("hawser"),
            "token",
            "issue",
            "--data-dir",
            dataDir.toString(),
            "--namespace",
            Identities.NAMESPACE,
            "--service-account",
            serviceAccount);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    Matcher found = TOKEN.matcher(output);
    if (!found.find()) {
      throw new IOException(String.join(" ", command) + ": no token in: " + output);
    }
    return found.group();
  }
}
