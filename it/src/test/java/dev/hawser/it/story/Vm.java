package dev.hawser.it.story;

import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.Managed;
import dev.hawser.it.harness.Shell;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A machine outside of any registry, with an application and the agent; it reaches east's control
 * plane and no more.
 */
final class Vm implements AutoCloseable {
  static final int ORDERS_PORT = 9001;

  private final String address;
  private final Path dataDir;
  private final Managed application;
  private final Managed agent;

  private Vm(String address, Path dataDir, Managed application, Managed agent) {
    this.address = address;
    this.dataDir = dataDir;
    this.application = application;
    this.agent = agent;
  }

  /**
   * Joins a VM with the two commands of the README, and runs its agent.
   *
   * @param service that runs there alone; it can call {@code orders}
   */
  static Vm join(TwoClusters mesh, String name, int host, String service) {
    String address = mesh.eastSite.address(host);
    Path dataDir = mesh.folder.resolve(name);
    Path log = mesh.folder.resolve("log");
    Managed application =
        Managed.start(
            name + "-" + service,
            log,
            Map.of(),
            mesh.eastSite.command(
                Home.java(),
                "-XX:+UseSerialGC",
                "-Xmx48m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Home.checkout().resolve("deploy/examples/target/classes").toString(),
                "dev.hawser.examples.shop.Shop",
                "--service",
                service,
                "--instance",
                name,
                "--cluster",
                "vm",
                "--listen",
                address + ":8080",
                "--upstream",
                "orders=http://" + address + ":" + ORDERS_PORT + "/"));
    String token =
        TwoClusters.token(
            mesh.east.hawser(
                "vm", "invite", name, "--service", service + ".shop", "--port", "http:8080/http"));
    Shell.run(
            Map.of(),
            mesh.eastSite.command(
                Home.command("hawser-agent"),
                "join",
                token,
                "--data-dir",
                dataDir.toString(),
                "--address",
                address,
                "--app-host",
                address,
                "--upstream",
                "orders.shop:8080=" + address + ":" + ORDERS_PORT,
                // It shares the loopback of the site with the gateway there.
                "--ports",
                "admin=15900",
                "--health",
                service + ".shop=http://" + address + ":8080/count"))
        .orFail();
    Managed agent =
        Managed.start(
            name + "-agent",
            log,
            Map.of(),
            mesh.eastSite.command(
                Home.command("hawser-agent"), "run", "--data-dir", dataDir.toString()));
    return new Vm(address, dataDir, application, agent);
  }

  String address() {
    return address;
  }

  Path dataDir() {
    return dataDir;
  }

  Managed agent() {
    return agent;
  }

  Managed application() {
    return application;
  }

  /** Runs {@code hawser-agent status} on it. */
  Shell.Result status(TwoClusters mesh) {
    return Shell.run(
        Map.of(),
        mesh.eastSite.command(
            List.of(Home.command("hawser-agent"), "status", "--data-dir", dataDir.toString())));
  }

  @Override
  public void close() {
    agent.close();
    application.close();
  }
}
