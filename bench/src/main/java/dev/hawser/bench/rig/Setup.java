package dev.hawser.bench.rig;

import dev.hawser.bench.load.Target;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Brings one subject up for a task. */
interface Setup {
  /**
   * Starts what the task needs and returns at once; whether it serves is asked later.
   *
   * @return empty if the subject cannot do the task
   * @throws IOException if it could not be started
   */
  Optional<Rig> start(Task task) throws IOException, InterruptedException;

  /** Returns where the load of a task goes, by a subject's values. */
  static Target target(Task task, Map<String, String> values) {
    String host = values.getOrDefault("host", "");
    String caller = values.getOrDefault("callerHost", "");
    String callee = values.getOrDefault("calleeHost", "");
    return switch (task.shape()) {
      case PLAIN -> Target.plain(host, Facts.UPSTREAM_PORT);
      case PAIR, PAIR_RAW, CALLER_RAW -> Target.plain(caller, Facts.UPSTREAM_PORT);
      case PASSTHROUGH -> new Target(host, Facts.GATEWAY_PORT, Facts.GATEWAY_SNI, true);
      case CALLEE -> new Target(callee, Facts.INBOUND_PORT, Facts.SNI, true);
    };
  }
}
