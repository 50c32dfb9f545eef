package dev.hawser.agent.doctor;

import java.util.ArrayList;
import java.util.List;

/** Whether the endpoints are reached from here: themselves, or the gateways before them. */
final class GatewayLayer {
  private GatewayLayer() {}

  static List<Check> judge(Facts facts) {
    if (!facts.isRunning()) {
      return List.of(
          Check.skipped(Layer.GATEWAY, "no endpoint is known while the agent does not run"));
    }
    if (facts.upstreams() instanceof Seen.Unknown<?>(String reason)) {
      return List.of(Check.skipped(Layer.GATEWAY, "the proxy was not asked: " + reason));
    }
    List<UpstreamView> upstreams =
        facts.upstreams().known().orElseThrow().stream()
            .filter(one -> facts.target().isEmpty() || facts.target().get().isMetBy(one.name()))
            .toList();
    if (upstreams.isEmpty()) {
      return List.of(nobody(facts));
    }
    List<Check> checks = new ArrayList<>();
    upstreams.forEach(one -> checks.add(check(facts, one)));
    return List.copyOf(checks);
  }

  private static Check nobody(Facts facts) {
    if (facts.target().isEmpty()) {
      return Check.skipped(Layer.GATEWAY, "no service was called from here yet; give SERVICE:PORT");
    }
    boolean named = facts.names().known().known().orElse(null) instanceof DnsAnswer.Addresses;
    return facts.names().listen().isPresent() && !named
        ? Check.skipped(Layer.GATEWAY, "without the name nobody knows who is behind it")
        : Check.fail(
            Layer.GATEWAY,
            "the proxy knows no endpoints of " + facts.target().get(),
            "correct the port; 'hawser endpoints "
                + facts.target().get().service()
                + "' on the cluster says which there are");
  }

  private static Check check(Facts facts, UpstreamView upstream) {
    List<String> all =
        upstream.endpoints().stream().map(UpstreamView.Place::address).distinct().toList();
    List<String> open =
        all.stream().filter(one -> Reached.isReached(facts.dialled(), one)).toList();
    if (all.isEmpty()) {
      String seen = upstream.name() + " has no endpoint";
      return facts.target().isEmpty()
          ? Check.skipped(Layer.GATEWAY, seen)
          : Check.fail(
              Layer.GATEWAY,
              seen,
              "see 'hawser endpoints " + service(upstream) + "' on the cluster");
    }
    List<String> closed = all.stream().filter(one -> !open.contains(one)).toList();
    if (open.isEmpty()) {
      return Check.fail(
          Layer.GATEWAY,
          "no endpoint of "
              + upstream.name()
              + " is reached: "
              + Reached.words(facts.dialled(), all),
          "let TCP from here to "
              + String.join(", ", all)
              + " through the packet filters of both ends and between; is it up? 'hawser endpoints "
              + service(upstream)
              + "' on the cluster");
    }
    return Check.pass(
        Layer.GATEWAY,
        upstream.name()
            + ": "
            + String.join(", ", open)
            + " takes connections"
            + (closed.isEmpty() ? "" : "; not " + Reached.words(facts.dialled(), closed)));
  }

  private static String service(UpstreamView upstream) {
    return upstream.name().substring(0, upstream.name().lastIndexOf(':'));
  }
}
