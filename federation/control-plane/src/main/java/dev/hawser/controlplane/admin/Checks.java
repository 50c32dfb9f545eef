package dev.hawser.controlplane.admin;

import dev.hawser.api.admin.CheckReport;
import dev.hawser.api.admin.ClusterStatus;
import dev.hawser.api.admin.FederationStatus;
import dev.hawser.api.model.PeerState;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.snapshot.Condition;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.trust.token.TokenRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Goes through everything that may be wrong, and says what to do about it. */
final class Checks {
  private static final Duration INTERMEDIATE_WARNING = Duration.ofDays(30);
  private static final String PASS = "pass";
  private static final String WARN = "warn";
  private static final String FAIL = "fail";

  private final List<CheckReport.Item> items = new ArrayList<>();

  /** Returns the report; healthy as long as nothing fails. */
  CheckReport report() {
    boolean healthy = items.stream().noneMatch(item -> item.verdict().equals(FAIL));
    return new CheckReport(healthy, List.copyOf(items));
  }

  private void add(String check, String verdict, String detail, String remedy) {
    items.add(new CheckReport.Item(check, verdict, detail, remedy));
  }

  void registries(List<ClusterStatus.RegistryStatus> registries) {
    if (registries.isEmpty()) {
      add(
          "registries",
          WARN,
          "no registry is configured but the leases of VMs",
          "set hawser.registry.kubernetes, .consul or .file");
    }
    for (ClusterStatus.RegistryStatus registry : registries) {
      String check = "registry " + registry.source();
      switch (registry.state()) {
        case "SYNCED" ->
            add(
                check,
                PASS,
                registry.services() + " services, " + registry.endpoints() + " endpoints",
                "");
        case "HELD" ->
            add(check, FAIL, registry.detail(), "hawser registry accept " + registry.source());
        default ->
            add(check, WARN, registry.state() + ": " + registry.detail(), "hawser cluster status");
      }
      if (!registry.rejected().isEmpty()) {
        add(
            check + " items",
            WARN,
            registry.rejected().size() + " rejected, first: " + registry.rejected().getFirst(),
            "hawser cluster status -o yaml");
      }
    }
  }

  void proxies(List<ClusterStatus.ProxyStatus> proxies) {
    int refusing = 0;
    for (ClusterStatus.ProxyStatus proxy : proxies) {
      if (!proxy.nack().isEmpty()) {
        refusing++;
        add(
            "proxy " + proxy.id(),
            FAIL,
            "it refuses its configuration: " + proxy.nack(),
            "hawser cluster status -o yaml");
      }
    }
    if (refusing == 0) {
      add("proxies", PASS, proxies.size() + " connected, none refuses its configuration", "");
    }
  }

  void federation(FederationStatus federation, List<ClusterStatus.GatewayStatus> gateways) {
    boolean connected = gateways.stream().anyMatch(ClusterStatus.GatewayStatus::connected);
    if (!federation.members().isEmpty() && !connected) {
      add(
          "gateways",
          FAIL,
          "no gateway of this cluster is connected: other clusters cannot reach it",
          "hawser gateway start");
    } else {
      add("gateways", PASS, gateways.size() + " known", "");
    }
    for (FederationStatus.Member member : federation.members()) {
      String check = "cluster " + member.cluster();
      if (member.state() == PeerState.LIVE) {
        add(check, PASS, "LIVE", "");
      } else {
        String verdict = member.state() == PeerState.DEAD ? FAIL : WARN;
        add(
            check,
            verdict,
            member.state()
                + ": "
                + member.detail()
                + " (control plane last heard "
                + member.controlAgeSeconds()
                + " s ago)",
            "hawser federation status");
      }
    }
  }

  void certificates(Instant intermediateExpires, String rootHolder, Instant now) {
    Duration left = Duration.between(now, intermediateExpires);
    if (left.compareTo(INTERMEDIATE_WARNING) < 0) {
      add(
          "intermediate certificate",
          left.isNegative() ? FAIL : WARN,
          "it ends at " + intermediateExpires + " and was not renewed by " + rootHolder,
          "bring cluster " + rootHolder + " back, which holds the root");
    } else {
      add("intermediate certificate", PASS, "until " + intermediateExpires, "");
    }
  }

  void conditions(List<Condition> conditions) {
    for (Condition condition : conditions) {
      add(
          "service " + condition.service(),
          WARN,
          StatusViews.sentence(condition),
          "hawser services");
    }
    if (conditions.isEmpty()) {
      add("services", PASS, "no conflict and nothing without a proxy", "");
    }
  }

  void state(List<StateStore.Damaged> damaged) {
    for (StateStore.Damaged document : damaged) {
      add(
          "state",
          FAIL,
          "a document of kind "
              + document.kind().label()
              + " was damaged and set aside: "
              + document.reason(),
          "look at " + document.where() + ", then remove it");
    }
    if (damaged.isEmpty()) {
      add("state", PASS, "every document can be read", "");
    }
  }

  void tokens(List<TokenRecord> tokens) {
    for (TokenRecord token : tokens) {
      if (token.attempts() > 0) {
        add(
            "token " + token.id(),
            WARN,
            "it was presented "
                + token.attempts()
                + " more times after its use by "
                + token.usedBy()
                + ": it may be in the wrong hands",
            "hawser token list");
      }
    }
  }

  void exports(Map<ServiceName, String> troubles) {
    troubles.forEach((service, trouble) -> add("export " + service, WARN, trouble, ""));
  }
}
