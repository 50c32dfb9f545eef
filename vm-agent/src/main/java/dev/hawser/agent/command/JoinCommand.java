package dev.hawser.agent.command;

import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.config.AgentFiles;
import dev.hawser.agent.config.HealthSpec;
import dev.hawser.agent.config.Ports;
import dev.hawser.agent.config.UpstreamSpec;
import dev.hawser.agent.run.LeasedServices;
import dev.hawser.host.identity.Attestation;
import dev.hawser.host.identity.Enrolment;
import dev.hawser.host.identity.HostPort;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.host.identity.IdentityException;
import dev.hawser.host.identity.IdentityOptions;
import dev.hawser.trust.svid.PrivateFiles;
import dev.hawser.trust.token.JoinToken;
import dev.hawser.trust.token.JoinTokenException;
import dev.hawser.trust.token.TokenKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "join",
    description = {
      "Redeems a token from 'hawser vm invite' and writes down how this machine takes part.",
      "The key is made here and never leaves; the token is used up and not kept."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  hawser-agent join hwsr1.eyJ...",
      "  hawser-agent join - < token.txt     # keeps the token out of the history",
      "  hawser-agent join hwsr1.eyJ... \\",
      "      --health billing.shop=http://127.0.0.1:8080/healthz \\",
      "      --upstream orders.shop:8080=127.0.0.1:9001"
    })
final class JoinCommand implements Callable<Integer> {
  @ParentCommand private @Nullable AgentCommand parent;

  @Parameters(paramLabel = "TOKEN", description = "The token, or - to read it from the input.")
  private String token = "";

  @Option(
      names = "--name",
      description = "Of this machine in the mesh (default: the token's, else the host's name).")
  private String name = "";

  @Option(
      names = "--address",
      paramLabel = "IP",
      description = "At which others reach it (default: the one that leads to the cluster).")
  private String address = "";

  @Option(
      names = "--app-host",
      paramLabel = "IP",
      defaultValue = "127.0.0.1",
      description = "Where its applications listen (default: ${DEFAULT-VALUE}).")
  private String appHost = "";

  @Option(
      names = "--upstream",
      paramLabel = "SERVICE:PORT=LISTEN",
      description = "A service that is called here at a local address; repeatable.")
  private List<String> upstreams = new ArrayList<>();

  @Option(
      names = "--health",
      paramLabel = "SERVICE=CHECK",
      description =
          "http://HOST:PORT/PATH, tcp://HOST:PORT or exec:COMMAND; repeatable (default: a connect"
              + " to the service's port).")
  private List<String> health = new ArrayList<>();

  @Option(
      names = "--write-certs",
      paramLabel = "DIR",
      description = "Keeps tls.crt, tls.key and ca.crt fresh there for other programs.")
  private String writeCerts = "";

  @Option(
      names = "--dns",
      paramLabel = "HOST:PORT",
      description = "Where names of the mesh are answered; or 'off' (default: local port 15053).")
  private String dns = "";

  @Option(
      names = "--ports",
      paramLabel = "NAME=PORT,...",
      description = "Other ports for inbound, outbound, admin, metrics or ready.")
  private String ports = "";

  @Option(names = "--locality", paramLabel = "REGION[/ZONE]", description = "Where it stands.")
  private String locality = "";

  @Option(
      names = "--control-plane",
      paramLabel = "HOST:PORT",
      description = "Instead of the addresses in the token; repeatable.")
  private List<String> controlPlane = new ArrayList<>();

  @Option(names = "--access-log", paramLabel = "PATH", description = "Of the proxy.")
  private String accessLog = "off";

  @Option(
      names = "--sds",
      paramLabel = "SOCKET",
      description =
          "Serves key (SDS) and configuration (ADS) to a stock Envoy or a gRPC client on this Unix"
              + " socket; see 'hawser-agent bootstrap'.")
  private String sds = "";

  @Option(
      names = "--capture",
      paramLabel = "POLICY",
      defaultValue = "ALLOW_ANY",
      description =
          "What captured programs may call that is in no registry: ALLOW_ANY, REGISTRY_ONLY; or 'off'"
              + " (default: ${DEFAULT-VALUE}).")
  private String capture = "";

  @Option(names = "--no-proxy", description = "Another proxy serves here, e.g. a stock Envoy.")
  private boolean noProxy;

  @Option(names = "--force", description = "Replaces the identity of an earlier join.")
  private boolean force;

  @Override
  public Integer call() throws IOException, IdentityException {
    if (parent == null) {
      throw new IllegalStateException("command without its place in the command line");
    }
    AgentFiles files = parent.files();
    String text = tokenText(parent.terminal());
    JoinToken parsed = parse(text);
    AgentConfig config = config(parsed);
    requireFree(files);

    // Everything that can fail here fails before the token is used up.
    PrivateFiles.createDirectory(files.directory());
    boolean fresh = !Files.exists(files.configFile());
    files.writeConfig(config);
    IdentityOptions options =
        IdentityOptions.of(files.directory())
            .with(new Attestation.TokenText(text))
            .withControlPlane(config.controlPlane());
    Enrolment enrolment;
    try {
      enrolment = IdentityClient.join(options);
    } catch (IdentityException e) {
      if (fresh) {
        Files.deleteIfExists(files.configFile());
      }
      throw e;
    }
    report(parent.terminal(), files, config, enrolment);
    return AgentExit.OK;
  }

  private String tokenText(AgentTerminal terminal) throws IOException {
    if (!token.equals("-")) {
      return token;
    }
    String line = terminal.in().readLine();
    if (line == null || line.isBlank()) {
      throw new AgentException(
          AgentExit.USAGE, "nothing came from the input (expected: a token)", "");
    }
    return line.strip();
  }

  private static JoinToken parse(String text) {
    JoinToken parsed;
    try {
      parsed = JoinToken.parse(text);
    } catch (JoinTokenException e) {
      throw new AgentException(AgentExit.REFUSED, String.valueOf(e.getMessage()), e.hint(), e);
    }
    if (parsed.kind() == TokenKind.CLUSTER) {
      throw new AgentException(
          AgentExit.REFUSED,
          "this token invites a cluster, not a machine",
          "run 'hawser join TOKEN' on the new cluster; for a machine get one with 'hawser vm"
              + " invite'");
    }
    if (parsed.kind() == TokenKind.GATEWAY) {
      throw new AgentException(
          AgentExit.REFUSED,
          "this token invites a gateway, not a machine",
          "give it to 'hawser gateway start --join'; for a machine get one with 'hawser vm invite'");
    }
    return parsed;
  }

  private AgentConfig config(JoinToken parsed) throws IOException {
    try {
      List<String> ways = controlPlane.isEmpty() ? parsed.controlPlane() : controlPlane;
      String own = address.isEmpty() ? OwnAddress.towards(ways) : address;
      controlPlane.forEach(HostPort::parse);
      String called = name;
      if (called.isEmpty()) {
        // "vm-1 (shop/billing)": the name, then what it is for.
        String invited = parsed.subject().split(" ", 2)[0];
        called = invited.isEmpty() ? OwnAddress.hostName() : invited;
      }
      return new AgentConfig(
          called,
          own,
          appHost,
          locality,
          controlPlane,
          upstreams.stream().map(UpstreamSpec::parse).toList(),
          health.stream().map(HealthSpec::parse).toList(),
          absolute(writeCerts),
          accessLog.startsWith("/") || accessLog.equals("off") ? accessLog : absolute(accessLog),
          Ports.parse(ports, dns),
          absolute(sds),
          capture,
          noProxy);
    } catch (IllegalArgumentException e) {
      throw new AgentException(
          AgentExit.USAGE,
          String.valueOf(e.getMessage()),
          "see 'hawser-agent join --help'; the token is still unused",
          e);
    }
  }

  /** What is resolved later would be resolved against the service's own directory. */
  private static String absolute(String path) {
    return path.isEmpty() ? "" : Path.of(path).toAbsolutePath().normalize().toString();
  }

  private void requireFree(AgentFiles files) throws IOException, IdentityException {
    if (!files.isOwnOrFree()) {
      throw new AgentException(
          AgentExit.FAILED,
          files.directory() + " holds other files than the agent's",
          "give --data-dir a directory of its own");
    }
    IdentityOptions options = IdentityOptions.of(files.directory());
    var stored =
        force ? java.util.Optional.<IdentityClient.Stored>empty() : IdentityClient.stored(options);
    if (stored.isPresent() && stored.get().expires().isAfter(options.clock().instant())) {
      throw new AgentException(
          AgentExit.FAILED,
          "this machine has joined already, as " + stored.get().enrolment().id(),
          "run 'hawser-agent leave' first, or add --force; the token is still unused");
    }
  }

  private static void report(
      AgentTerminal terminal, AgentFiles files, AgentConfig config, Enrolment enrolment) {
    List<String> services = LeasedServices.names(enrolment.services());
    var out = terminal.out();
    out.println("Joined " + enrolment.cluster() + " as " + enrolment.id() + ".");
    out.println("  name      " + config.name() + " at " + config.address());
    out.println(
        "  brings    "
            + (services.isEmpty() ? "nothing, it only calls" : String.join(", ", services)));
    for (UpstreamSpec upstream : config.upstreams()) {
      out.println(
          "  calls     " + upstream.service() + ":" + upstream.port() + " at " + upstream.listen());
    }
    out.println("  kept in   " + files.directory());
    out.println("next: hawser-agent run, or systemctl enable --now hawser-agent");
    for (HealthSpec spec : config.health()) {
      if (!services.contains(spec.service())) {
        terminal
            .err()
            .println(
                "warning: there is a health check for "
                    + spec.service()
                    + ", but the token brings "
                    + (services.isEmpty() ? "no service" : String.join(", ", services)));
      }
    }
  }
}
