package dev.hawser.cli.command;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that works on this machine and asks no control plane. */
abstract class LocalCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public final Integer call() throws Exception {
    return run((RootCommand) spec().root().userObject());
  }

  abstract int run(RootCommand root) throws Exception;

  final CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("command without its place in the command line");
    }
    return spec;
  }
}
