package dev.hawser.agent.doctor;

import dev.hawser.agent.capture.CaptureReport;
import dev.hawser.agent.capture.Captures;
import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.config.AgentFiles;
import dev.hawser.agent.run.ProxyConfigs;
import dev.hawser.agent.status.AgentStatus;
import dev.hawser.agent.status.StatusClient;
import dev.hawser.agent.status.StatusJson;
import dev.hawser.host.capture.CaptureException;
import dev.hawser.host.capture.HostFacts;
import dev.hawser.proxy.config.ProxyConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks at this machine, and changes nothing on it: the way of a call from the agent to the
 * application, each part asked for itself. Blocks for some seconds, longer the more is broken.
 */
public final class Examination {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final AgentFiles files;
  private final Facts.Place place;
  private final Captures captures;
  private final HostFacts host;
  private final InstantSource clock;

  /**
   * @param option what commands need to find the data directory, as {@code --data-dir DIR}; empty
   *     if they find it by themselves
   */
  public Examination(
      AgentFiles files, String option, Captures captures, HostFacts host, InstantSource clock)
      throws IOException {
    this.files = files;
    this.place = new Facts.Place(files.directory(), option, user(Path.of("/proc/self")));
    this.captures = captures;
    this.host = host;
    this.clock = clock;
  }

  static long user(Path path) throws IOException {
    return Integer.toUnsignedLong((Integer) Files.getAttribute(path, "unix:uid"));
  }

  /** Looks, and says what it means. */
  public Report examine(Optional<Target> target) throws IOException, InterruptedException {
    Seen<AgentConfig> config = config();
    Facts.Captured captured = new Facts.Captured(report(), host.listening());
    Seen<AgentStatus> status =
        config.known().isPresent() ? status() : Seen.unknown(config.whyNot());
    Optional<ProxyConfig.Listen> listen =
        config
            .known()
            .filter(known -> !known.noProxy())
            .map(known -> ProxyConfigs.of(known, files.directory()).listen());
    boolean runs = status.known().isPresent() && listen.isPresent();
    Facts.Names names =
        new NameFacts(place, captured, target)
            .look(listen.flatMap(ProxyConfig.Listen::dns), runs, services(status));
    Calls.Found calls =
        runs
            ? new Calls(place, captured, names, config.known().orElseThrow(), listen.get())
                .look(target)
            : Calls.nobody();
    IdentityFacts identity = new IdentityFacts(files.directory());
    List<String> controlPlane =
        config.known().map(known -> identity.controlPlane(known, status)).orElse(List.of());
    Outside outside = new Outside(files.directory(), place.user());
    Map<String, String> dialled =
        config.known().isPresent()
            ? outside.dial(places(controlPlane, calls.upstreams(), target))
            : Map.of();
    boolean way = controlPlane.stream().anyMatch(one -> Reached.isReached(dialled, one));
    return Report.of(
        new Facts(
            clock.instant(),
            place,
            target,
            config,
            status,
            names,
            captured,
            identity.certificate(),
            new Facts.ControlPlane(
                controlPlane,
                way ? outside.handshake() : Seen.unknown("there is no connection to begin with")),
            calls.upstreams(),
            dialled,
            calls.call()));
  }

  private Seen<AgentConfig> config() {
    if (Files.isDirectory(files.directory()) && !Files.isExecutable(files.directory())) {
      return Seen.unknown(files.directory() + " may not be read by user " + place.user());
    }
    try {
      return files
          .readConfig()
          .map(Seen::found)
          .orElseGet(
              () -> Seen.unknown("this machine has not joined: there is no " + files.configFile()));
    } catch (IOException e) {
      return Seen.unknown(String.valueOf(e.getMessage()));
    }
  }

  private Seen<AgentStatus> status() throws InterruptedException {
    try {
      Optional<String> answer = new StatusClient(files.socket(), PATIENCE).ask("status");
      if (answer.isEmpty()) {
        return Seen.unknown("it does not run: nobody answers at " + files.socket());
      }
      AgentStatus status = StatusJson.read(answer.get());
      return status.running() == null ? Seen.unknown("it is starting") : Seen.found(status);
    } catch (IOException e) {
      return Seen.unknown(String.valueOf(e.getMessage()));
    }
  }

  private static List<String> services(Seen<AgentStatus> status) {
    return status.known().map(AgentStatus::services).orElse(List.of());
  }

  private Seen<CaptureReport> report() {
    if (!place.isRoot()) {
      return Seen.unknown("only root may read the rules of the packet filter");
    }
    try {
      return Seen.found(captures.status());
    } catch (CaptureException e) {
      return Seen.unknown(e.getMessage() + "; " + e.hint());
    } catch (IOException e) {
      return Seen.unknown(String.valueOf(e.getMessage()));
    }
  }

  private static List<String> places(
      List<String> controlPlane, Seen<List<UpstreamView>> upstreams, Optional<Target> target) {
    List<String> places = new ArrayList<>(controlPlane);
    for (UpstreamView one : upstreams.known().orElse(List.of())) {
      if (target.isEmpty() || target.get().isMetBy(one.name())) {
        one.endpoints().forEach(endpoint -> places.add(endpoint.address()));
      }
    }
    return places.stream().distinct().toList();
  }

  static InetSocketAddress outbound(ProxyConfig.Listen listen) {
    return new InetSocketAddress(listen.outboundAddress(), listen.outbound());
  }
}
