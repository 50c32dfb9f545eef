package dev.hawser.bench.rig;

import dev.hawser.trust.svid.Svid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Our own proxies, started by the commands that a user has, with the flags that these have. A pair
 * joins a real control plane with a file registry; what a control plane does not tell anybody, one
 * proxy alone, comes from {@link Ads}.
 */
final class HawserSetup implements Setup {
  private static final int NET = 1;

  private final Launcher launcher;
  private final Identities identities;
  private int runs;

  HawserSetup(Launcher launcher, Identities identities) {
    this.launcher = launcher;
    this.identities = identities;
  }

  @Override
  public Optional<Rig> start(Task task) throws IOException, InterruptedException {
    Map<String, String> values = Facts.of(NET, task, identities.folder());
    String run = "hawser-" + ++runs;
    return Optional.of(
        switch (task.shape()) {
          case PAIR, PAIR_RAW -> HawserMesh.start(launcher.with(task.workers()), run, task, values);
          case PLAIN -> sidecar(task, values, run, "hawser-plain.json", "host", identities.web());
          case CALLER_RAW ->
              sidecar(task, values, run, "hawser-caller-raw.json", "callerHost", identities.web());
          case CALLEE ->
              sidecar(task, values, run, "hawser-callee.json", "calleeHost", identities.app());
          case PASSTHROUGH -> gateway(task, values, run);
        });
  }

  private Rig sidecar(
      Task task, Map<String, String> values, String run, String resources, String at, Svid svid)
      throws IOException {
    Ads ads = Ads.serve(identities, Template.fill(resources, values));
    Path dataDir = launcher.folder().resolve(run);
    identities.enrol(dataDir, svid, ads.address());
    values.put("node", run);
    values.put("address", values.getOrDefault(at, ""));
    values.put("dataDir", dataDir.toString());
    values.put("join", "");
    values.put("upstreams", "");
    Path config = launcher.write(run + ".yaml", Template.fill("hawser-sidecar.yaml", values));
    Proc proc =
        launcher.subject(
            run, List.of(launcher.command("hawser-proxy"), "--config", config.toString()));
    return new Rig(Setup.target(task, values), List.of(proc), ads);
  }

  private Rig gateway(Task task, Map<String, String> values, String run) throws IOException {
    Ads ads = Ads.serve(identities, Template.fill("hawser-passthrough.json", values));
    Path dataDir = launcher.folder().resolve(run);
    identities.enrol(dataDir, identities.gateway(), ads.address());
    values.put("dataDir", dataDir.toString());
    Path config = launcher.write(run + ".yaml", Template.fill("hawser-gateway.yaml", values));
    Proc proc =
        launcher.subject(
            run, List.of(launcher.command("hawser-gateway"), "--config", config.toString()));
    return new Rig(Setup.target(task, values), List.of(proc), ads);
  }
}
