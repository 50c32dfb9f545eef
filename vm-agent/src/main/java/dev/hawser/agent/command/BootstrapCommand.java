package dev.hawser.agent.command;

import dev.hawser.agent.bootstrap.Bootstraps;
import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.config.AgentFiles;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.host.identity.IdentityException;
import dev.hawser.host.identity.IdentityOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "bootstrap",
    description = {
      "Prints the start file of a program on this machine that has xDS of its own.",
      "It holds no secret: key and configuration come from the agent's socket, for this user and"
          + " root alone."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  hawser-agent join hwsr1.eyJ... --no-proxy --sds /run/hawser/envoy.sock \\",
      "      --upstream orders.shop:8080=127.0.0.1:9001",
      "  hawser-agent bootstrap envoy > envoy.yaml && envoy -c envoy.yaml",
      "",
      "  hawser-agent join hwsr1.eyJ... --no-proxy --sds /run/hawser/grpc.sock \\",
      "      --write-certs /run/hawser/certs",
      "  hawser-agent bootstrap grpc > grpc.json",
      "  GRPC_XDS_BOOTSTRAP=grpc.json my-client xds:///orders.shop"
    })
final class BootstrapCommand implements Callable<Integer> {
  @ParentCommand private @Nullable AgentCommand parent;

  @Parameters(paramLabel = "KIND", description = "Of the program: envoy or grpc.")
  private Kind kind = Kind.envoy;

  /** Programs that can be told. */
  enum Kind {
    envoy,
    grpc
  }

  @Override
  public Integer call() throws IOException, IdentityException {
    if (parent == null) {
      throw new IllegalStateException("command without its place in the command line");
    }
    AgentFiles files = parent.files();
    AgentConfig config = files.readConfig().orElseThrow(() -> notJoined(files));
    IdentityClient.Stored stored =
        IdentityClient.stored(IdentityOptions.of(files.directory()))
            .orElseThrow(() -> notJoined(files));
    try {
      parent
          .terminal()
          .out()
          .print(
              switch (kind) {
                case envoy -> Bootstraps.envoy(config, stored.enrolment());
                case grpc -> Bootstraps.grpc(config, stored.enrolment());
              });
    } catch (IllegalArgumentException e) {
      throw new AgentException(
          AgentExit.FAILED,
          String.valueOf(e.getMessage()),
          "add it to " + files.configFile() + " and start the agent again",
          e);
    }
    return AgentExit.OK;
  }

  private static AgentException notJoined(AgentFiles files) {
    return new AgentException(
        AgentExit.FAILED,
        "this machine has not joined: " + files.directory() + " holds no identity",
        "run 'hawser vm invite' on the cluster and 'hawser-agent join TOKEN' here");
  }
}
