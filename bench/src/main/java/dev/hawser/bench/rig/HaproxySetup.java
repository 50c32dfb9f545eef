package dev.hawser.bench.rig;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** HAProxy as the system has it, one process with a thread for each worker. */
final class HaproxySetup implements Setup {
  private static final int NET = 3;

  private final Launcher launcher;
  private final Path certificates;

  HaproxySetup(Launcher launcher, Path certificates) {
    this.launcher = launcher;
    this.certificates = certificates;
  }

  @Override
  public Optional<Rig> start(Task task) throws IOException {
    Map<String, String> values = values(task);
    List<String> templates =
        switch (task.shape()) {
          case PLAIN -> List.of("haproxy-plain");
          case PAIR, PAIR_RAW -> List.of("haproxy-callee", "haproxy-caller");
          case PASSTHROUGH -> List.of("haproxy-passthrough");
          case CALLEE -> List.of("haproxy-callee");
          case CALLER_RAW -> List.of("haproxy-caller");
        };
    List<Proc> started = new ArrayList<>();
    for (String template : templates) {
      Path file = launcher.write(template + ".cfg", Template.fill(template + ".cfg", values));
      started.add(
          launcher
              .with(task.workers())
              .subject(template, List.of("haproxy", "-db", "-f", file.toString())));
    }
    return Optional.of(new Rig(Setup.target(task, values), started, () -> {}));
  }

  private Map<String, String> values(Task task) throws IOException {
    boolean raw =
        switch (task.shape()) {
          case PAIR_RAW, PASSTHROUGH, CALLER_RAW -> true;
          case PLAIN, PAIR, CALLEE -> false;
        };
    boolean http2 = task.app() != Task.App.HTTP1;
    Map<String, String> values = Facts.of(NET, task, certificates);
    values.put("threads", Integer.toString(task.workers()));
    values.put("mode", raw ? "tcp" : "http");
    values.put("reuse", raw ? "" : "  http-reuse always\n");
    values.put("bindOptions", raw ? "" : " alpn h2,http/1.1");
    values.put("appOptions", http2 ? " proto h2" : "");
    // A pair of HAProxies is cheapest over HTTP/1.1, so it gets that wherever the task allows.
    values.put("peerOptions", http2 ? " alpn h2" : raw ? "" : " alpn http/1.1");
    values.put("backends", backends(values, task.known()));
    return values;
  }

  private static String backends(Map<String, String> values, int known) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i < known; i++) {
      String name = Facts.service(i);
      text.append("  use_backend ").append(name);
      text.append(" if { req.hdr(host),field(1,:) -i ").append(name).append(".bench }\n");
    }
    text.append("  default_backend app\n");
    for (int i = 0; i < known; i++) {
      Map<String, String> one = new HashMap<>(values);
      one.put("name", Facts.service(i));
      text.append(Template.fill("haproxy-backend.cfg", one));
    }
    return text.toString();
  }
}
