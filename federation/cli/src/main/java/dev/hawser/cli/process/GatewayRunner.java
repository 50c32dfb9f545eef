package dev.hawser.cli.process;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;

/** Runs one gateway as a child of this process, and ends it with it. */
public final class GatewayRunner {
  private static final Duration DRAIN = Duration.ofSeconds(20);

  private final Installation installation;
  private final PrintWriter out;

  public GatewayRunner(Installation installation, PrintWriter out) {
    this.installation = installation;
    this.out = out;
  }

  /**
   * Starts the gateway, with its output on this terminal, and returns its exit code.
   *
   * @param token to join with; empty if it has joined before
   */
  public int run(GatewayPlan plan, String token) throws IOException, InterruptedException {
    plan.write(token);
    out.println(
        "gateway " + plan.node() + " at " + plan.listen() + ", administration " + plan.admin());
    out.flush();
    Process process =
        new ProcessBuilder(installation.gateway(plan.configFile())).inheritIO().start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process), "hawser-stop"));
    return process.waitFor();
  }

  private static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(DRAIN)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
