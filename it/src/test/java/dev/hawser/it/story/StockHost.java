package dev.hawser.it.story;

import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.Managed;
import dev.hawser.it.harness.Shell;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A machine in east that runs the agent without its proxy: what stands in for that gets its
 * configuration and its key from the agent's socket.
 */
final class StockHost implements AutoCloseable {
  private final TwoClusters mesh;
  private final String address;
  private final Path dataDir;
  private final Managed agent;

  private StockHost(TwoClusters mesh, String address, Path dataDir, Managed agent) {
    this.mesh = mesh;
    this.address = address;
    this.dataDir = dataDir;
    this.agent = agent;
  }

  /**
   * Joins with the commands of docs/envoy-and-grpc.md, and runs the agent.
   *
   * @param invite the arguments of the {@code hawser} command that issues its token
   * @param join more arguments of {@code hawser-agent join}
   */
  static StockHost join(
      TwoClusters mesh, String name, int host, List<String> invite, List<String> join) {
    String address = mesh.eastSite.address(host);
    Path dataDir = mesh.folder.resolve(name);
    String token = TwoClusters.token(mesh.east.hawser(invite.toArray(String[]::new)));
    List<String> joining = new ArrayList<>(List.of(Home.command("hawser-agent"), "join", token));
    joining.addAll(List.of("--name", name, "--data-dir", dataDir.toString(), "--address", address));
    joining.addAll(List.of("--app-host", address, "--no-proxy", "--sds", "/run/" + name + ".sock"));
    joining.addAll(join);
    Shell.run(Map.of(), mesh.eastSite.command(joining)).orFail();
    Managed agent =
        Managed.start(
            name + "-agent",
            mesh.folder.resolve("log"),
            Map.of(),
            mesh.eastSite.command(
                Home.command("hawser-agent"), "run", "--data-dir", dataDir.toString()));
    return new StockHost(mesh, address, dataDir, agent);
  }

  /** Returns what {@code hawser-agent bootstrap} prints. */
  String bootstrap(String kind) {
    return Shell.run(
            Map.of(),
            mesh.eastSite.command(
                Home.command("hawser-agent"), "bootstrap", kind, "--data-dir", dataDir.toString()))
        .orFail()
        .output();
  }

  String address() {
    return address;
  }

  @Override
  public void close() {
    agent.close();
  }
}
