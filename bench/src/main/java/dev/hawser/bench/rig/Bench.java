package dev.hawser.bench.rig;

import dev.hawser.bench.backend.Backends;
import dev.hawser.bench.stats.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** What a whole run has in common: certificates, applications, and a setup for each subject. */
public final class Bench implements AutoCloseable {
  private final Identities identities;
  private final Backends backends;
  private final Map<Subject, Setup> setups = new EnumMap<>(Subject.class);
  private final Path folder;

  /**
   * Starts the applications.
   *
   * @param installation whose commands are measured, or a built checkout
   * @param folder an empty one, for the files and logs of the run
   */
  public Bench(Path installation, Path folder, int subjectCpu, int loadCpu) throws IOException {
    this.folder = folder;
    identities = new Identities(folder.resolve("certificates"));
    backends = Backends.start(Backends.HOST, identities.app(), identities.root());
    Launcher launcher = new Launcher(installation, folder, Integer.toString(subjectCpu), loadCpu);
    setups.put(Subject.HAWSER, new HawserSetup(launcher, identities));
    setups.put(Subject.ENVOY, new EnvoySetup(launcher, identities.folder()));
    setups.put(Subject.HAPROXY, new HaproxySetup(launcher, identities.folder()));
  }

  /** Returns the certificates of the run. */
  public Identities identities() {
    return identities;
  }

  /** Returns the folder of the run. */
  public Path folder() {
    return folder;
  }

  /** Returns the host by which a service is called, counted from 0. */
  public static String service(int index) {
    return Facts.service(index) + "." + Identities.NAMESPACE;
  }

  /**
   * Starts a subject for a task and returns at once.
   *
   * @return empty if it cannot do that
   */
  public Optional<Rig> start(Subject subject, Task task) throws IOException, InterruptedException {
    Setup setup = setups.get(subject);
    return setup == null ? Optional.empty() : setup.start(task);
  }

  @Override
  public void close() {
    backends.close();
  }
}
