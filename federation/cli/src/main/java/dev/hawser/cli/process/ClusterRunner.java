package dev.hawser.cli.process;

import dev.hawser.api.admin.IssuedToken;
import dev.hawser.api.admin.TokenRequest;
import dev.hawser.cli.client.AdminApi;
import dev.hawser.cli.client.AdminClient;
import dev.hawser.cli.client.AdminTarget;
import dev.hawser.cli.shell.CliException;
import dev.hawser.cli.shell.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Runs a control plane and its gateways as children of this process, and ends them with it.
 *
 * <p>A gateway that ends by itself is reported and started again, after a pause that grows when it
 * does so again and again; when the control plane ends, everything does.
 */
public final class ClusterRunner {
  private static final Duration CONTROL_PLANE_START = Duration.ofMinutes(2);
  private static final Duration GATEWAY_START = Duration.ofMinutes(1);
  private static final Duration DRAIN = Duration.ofSeconds(20);
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** Who ran for this long has not ended because of how it was started. */
  private static final Duration LONG_LIFE = Duration.ofMinutes(1);

  private final ClusterPlan plan;
  private final Installation installation;
  private final PrintWriter out;
  private final List<Child> children = new CopyOnWriteArrayList<>();
  private volatile boolean stopping;

  public ClusterRunner(ClusterPlan plan, Installation installation, PrintWriter out) {
    this.plan = plan;
    this.installation = installation;
    this.out = out;
  }

  /** Starts everything, says so, and returns the exit code once the control plane has ended. */
  public int run() throws IOException, InterruptedException {
    OwnFiles.directory(plan.dataDir());
    OwnFiles.directory(plan.dataDir().resolve("run"));
    PidFile own = PidFile.ofCluster(plan.dataDir());
    own.alive().ifPresent(process -> refuseSecond(process.pid()));
    ReadyFile ready = new ReadyFile(plan.dataDir());
    ready.remove();
    own.write(ProcessHandle.current());
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "hawser-stop"));
    try {
      OwnFiles.write(plan.dataDir().resolve("admin-address"), plan.adminUrl() + "\n");
      Child controlPlane = startControlPlane();
      for (GatewayPlan gateway : plan.gateways()) {
        startGateway(gateway);
      }
      announce();
      ready.write();
      int exit = controlPlane.waitFor();
      if (stopping) {
        return ExitCode.OK;
      }
      throw new CliException(
          ExitCode.FAILED,
          "the control plane ended with exit code " + exit + ":\n" + controlPlane.lastWords(),
          "see " + controlPlane.log());
    } finally {
      stop();
      ready.remove();
      own.remove();
    }
  }

  private void refuseSecond(long pid) {
    throw new CliException(
        ExitCode.FAILED,
        "a cluster already runs from " + plan.dataDir() + " (process " + pid + ")",
        "stop it with 'hawser cluster stop --data-dir " + plan.dataDir() + "', or use another one");
  }

  private Child startControlPlane() throws IOException, InterruptedException {
    Child child = start("control-plane", installation.controlPlane(plan.configuration()));
    try (HttpProbe probe = new HttpProbe()) {
      String url = plan.adminUrl() + "/q/health/ready";
      if (!probe.await(url, child::isAlive, CONTROL_PLANE_START)) {
        throw notReady(child, url, CONTROL_PLANE_START);
      }
    }
    return child;
  }

  private void startGateway(GatewayPlan gateway) throws IOException, InterruptedException {
    gateway.write(token(gateway));
    Child child = start(gateway.node(), installation.gateway(gateway.configFile()));
    try (HttpProbe probe = new HttpProbe()) {
      String url = "http://" + gateway.admin() + "/ready";
      if (!probe.await(url, child::isAlive, GATEWAY_START)) {
        throw notReady(child, url, GATEWAY_START);
      }
    }
    keep(gateway, child, SHORTEST_PAUSE);
  }

  /** Starts a gateway again when it ends; its identity is on disk, so it needs no token. */
  private void keep(GatewayPlan gateway, Child child, Duration pause) {
    long began = System.nanoTime();
    var _ =
        child
            .onExit()
            .thenAccept(process -> {
              boolean lived = System.nanoTime() - began > LONG_LIFE.toNanos();
              Duration next = lived ? SHORTEST_PAUSE : pause;
              if (!stopping) {
                say(
                    child.name()
                        + " ended with exit code "
                        + process.exitValue()
                        + " and starts again in "
                        + next.toSeconds()
                        + " s; see "
                        + child.log());
                CompletableFuture.delayedExecutor(next.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> startAgain(gateway, child, doubled(next)));
              }
            });
  }

  private synchronized void startAgain(GatewayPlan gateway, Child ended, Duration pause) {
    if (stopping) {
      return;
    }
    children.remove(ended);
    try {
      keep(gateway, start(gateway.node(), installation.gateway(gateway.configFile())), pause);
    } catch (IOException e) {
      say(gateway.node() + " cannot be started again: " + e);
    }
  }

  private static Duration doubled(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }

  private void say(String sentence) {
    out.println(sentence);
    out.flush();
  }

  private String token(GatewayPlan gateway) {
    Path credential = plan.dataDir().resolve("admin-token");
    AdminTarget target = new AdminTarget(plan.adminUrl(), credential);
    try (AdminApi api = new AdminApi(new AdminClient(target.address(), target::credential))) {
      IssuedToken token =
          api.issueToken(new TokenRequest("GATEWAY", gateway.node(), "", "", List.of(), 0));
      return token.token();
    }
  }

  private Child start(String name, List<String> command) throws IOException {
    if (stopping) {
      throw new CliException(ExitCode.FAILED, "stopped while it was starting", "");
    }
    Child child = Child.start(name, command, plan.dataDir());
    children.add(child);
    return child;
  }

  private static CliException notReady(Child child, String url, Duration patience) {
    return new CliException(
        ExitCode.FAILED,
        child.name()
            + (child.isAlive()
                ? " is not ready after " + patience.toSeconds() + " s (" + url + ")"
                : " ended with exit code " + child.exitValue())
            + ":\n"
            + child.lastWords(),
        "see " + child.log());
  }

  private void announce() {
    out.println("cluster " + plan.name() + "." + plan.meshDomain() + " is up");
    out.println("  administration  " + plan.adminUrl());
    out.println("  proxies         " + plan.advertise());
    for (GatewayPlan gateway : plan.gateways()) {
      out.println("  gateway         " + gateway.advertise() + " (" + gateway.node() + ")");
    }
    out.println("  data            " + plan.dataDir());
    out.println("  logs            " + plan.dataDir().resolve("log"));
    out.println("next:");
    out.println("  export HAWSER_DATA_DIR=" + plan.dataDir());
    out.println("  hawser cluster status");
    out.println("  hawser invite                      # for one more cluster");
    out.println("  hawser vm invite vm-1 --service billing.shop --port http:8080/http");
    out.println("stop: Ctrl-C, or hawser cluster stop");
    out.flush();
  }

  /** Ends the gateways first, so that they can drain while the control plane still answers. */
  private synchronized void stop() {
    stopping = true;
    List<Child> last = children.isEmpty() ? List.of() : List.of(children.getFirst());
    List<Child> first = children.subList(last.size(), children.size());
    try {
      for (List<Child> group : List.of(first, last)) {
        group.forEach(Child::terminate);
        for (Child child : group) {
          child.awaitEnd(DRAIN);
        }
      }
    } catch (InterruptedException _) {
      children.forEach(Child::terminate);
      Thread.currentThread().interrupt();
    }
  }
}
