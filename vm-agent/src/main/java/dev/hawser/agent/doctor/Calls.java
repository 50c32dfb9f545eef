package dev.hawser.agent.doctor;

import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.config.UpstreamSpec;
import dev.hawser.host.identity.HostPort;
import dev.hawser.proxy.config.ProxyConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Calls the service through the proxy, and asks the proxy what it knows of it then. */
final class Calls {
  /** A proxy that tries several endpoints takes some seconds to give up. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Who speaks bytes may wait for the caller; so long nobody has ended the connection. */
  private static final Duration CALM = Duration.ofSeconds(2);

  private static final int FIRST_OF_PROXY = 502;
  private static final int LAST_OF_PROXY = 504;
  private static final int NOT_FOUND = 404;
  private static final int LONGEST = 160;

  private final Facts.Place place;
  private final Facts.Captured captured;
  private final Facts.Names names;
  private final AgentConfig config;
  private final ProxyConfig.Listen listen;
  private final LocalProxy proxy = new LocalProxy(PATIENCE);

  Calls(
      Facts.Place place,
      Facts.Captured captured,
      Facts.Names names,
      AgentConfig config,
      ProxyConfig.Listen listen) {
    this.place = place;
    this.captured = captured;
    this.names = names;
    this.config = config;
    this.listen = listen;
  }

  /** What was found. */
  record Found(Seen<List<UpstreamView>> upstreams, Seen<Facts.Call> call) {}

  static Found nobody() {
    return new Found(
        Seen.unknown("the agent does not run"),
        Seen.unknown("no call while the agent does not run"));
  }

  Found look(Optional<Target> wanted) {
    if (wanted.isEmpty()) {
      return new Found(
          proxy.upstreams(listen.admin()), Seen.unknown("no call: no service was given"));
    }
    Target target = wanted.get();
    if (names.known().known().orElse(null) instanceof DnsAnswer.NoSuchName) {
      return new Found(
          proxy.upstreams(listen.admin()), Seen.unknown("no call: nobody has the name"));
    }
    Optional<UpstreamView> known = find(target);
    Seen<Facts.Call> call = Seen.unknown("no call: no port is known; give SERVICE:PORT");
    OptionalInt port = port(target, known);
    if (port.isPresent() && known.isEmpty()) {
      // A proxy knows what was called; so it learns, and says which protocol it is.
      call = requests(target, port.getAsInt());
      known = find(target);
      if (known.isEmpty() && captureAddress().isPresent()) {
        call = bytes(target, new HostPort(captureAddress().get(), port.getAsInt()));
        known = find(target);
      }
    }
    if (known.isPresent()) {
      call =
          known.get().isBytes()
              ? bytes(target, known.get())
              : requests(target, port(target, known).getAsInt());
    }
    return new Found(proxy.upstreams(listen.admin()), call);
  }

  private Optional<UpstreamView> find(Target target) {
    return proxy.upstreams(listen.admin()).known().orElse(List.of()).stream()
        .filter(one -> target.isMetBy(one.name()))
        .findFirst();
  }

  private static OptionalInt port(Target target, Optional<UpstreamView> known) {
    return target.port().isPresent() || known.isEmpty()
        ? target.port()
        : OptionalInt.of(known.get().port());
  }

  private Seen<Facts.Call> requests(Target target, int port) {
    InetSocketAddress at =
        explicit(target, port)
            .map(one -> new InetSocketAddress(one.host(), one.port()))
            .orElseGet(() -> Examination.outbound(listen));
    String host = target.service() + ":" + port;
    String how = "GET / of " + host + " through " + LocalProxy.text(at);
    try {
      LocalProxy.Reply reply = proxy.get(at, host, "/");
      int status = reply.status();
      boolean lost =
          (status >= FIRST_OF_PROXY && status <= LAST_OF_PROXY)
              || (status == NOT_FOUND && find(target).isEmpty());
      String came = "status " + status + (lost ? ": " + brief(reply.body()) : "");
      return Seen.found(new Facts.Call(how, !lost, came));
    } catch (IOException e) {
      return Seen.found(new Facts.Call(how, false, String.valueOf(e.getMessage())));
    }
  }

  private Seen<Facts.Call> bytes(Target target, UpstreamView known) {
    Optional<HostPort> at =
        explicit(target, known.port())
            .or(() -> captureAddress().map(address -> new HostPort(address, known.port())));
    return at.isPresent()
        ? bytes(target, at.get())
        : Seen.unknown(
            "no call: bytes reach a service only by capture, which root alone can try, or by an"
                + " entry of upstreams in "
                + place.configFile());
  }

  private static Seen<Facts.Call> bytes(Target target, HostPort at) {
    String trouble = new LocalProxy(CALM).bytes(at);
    String how = "connection to " + target + " at " + at;
    return Seen.found(
        trouble.isEmpty()
            ? new Facts.Call(how, true, "it stands")
            : new Facts.Call(how, false, trouble));
  }

  private Optional<HostPort> explicit(Target target, int port) {
    for (UpstreamSpec one : config.upstreams()) {
      if (one.service().equals(target.service().toString()) && one.port() == port) {
        return Optional.of(HostPort.parse(one.listen()));
      }
    }
    return Optional.empty();
  }

  /** The service's address, if a connection of this process to it is redirected as a program's. */
  private Optional<String> captureAddress() {
    boolean own =
        captured
            .report()
            .known()
            .filter(report -> !report.installed().listing().isEmpty())
            .flatMap(report -> report.plan())
            .filter(plan -> !plan.own().users().contains(place.user()))
            .isPresent();
    return own
            && names.known().known().orElse(null) instanceof DnsAnswer.Addresses(List<String> all)
        ? all.stream().findFirst()
        : Optional.empty();
  }

  private static String brief(String body) {
    String line = body.strip().replaceAll("\\s+", " ");
    return line.length() > LONGEST ? line.substring(0, LONGEST) + "..." : line;
  }
}
