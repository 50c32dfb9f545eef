package dev.hawser.agent.command;

import dev.hawser.agent.doctor.Dials;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "dial",
    hidden = true,
    description = "Connects to each place once; 'doctor' runs it as the agent's user.")
final class DialCommand implements Callable<Integer> {
  @ParentCommand private @Nullable AgentCommand parent;

  @Parameters(paramLabel = "HOST:PORT")
  private List<String> places = new ArrayList<>();

  @Override
  public Integer call() throws InterruptedException {
    if (parent == null) {
      throw new IllegalStateException("command without its place in the command line");
    }
    for (var one : Dials.all(places).entrySet()) {
      parent.terminal().out().println(one.getKey() + "\t" + one.getValue().replaceAll("\\s", " "));
    }
    return AgentExit.OK;
  }
}
