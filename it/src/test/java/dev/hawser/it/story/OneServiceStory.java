package dev.hawser.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.it.harness.Pod;
import dev.hawser.it.harness.Shell;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Story 2: a service that two registries know is one service, under one name from everywhere. */
@ExtendWith(WithTwoClusters.class)
final class OneServiceStory {
  private static final String HOST_PORT = "orders.shop:8080";

  @Test
  void endpointsOfBothRegistriesStandUnderOneNameWithTheirProvenance(TwoClusters mesh) {
    String endpoints = mesh.east.hawser("endpoints", "orders.shop");
    Report.line("2 hawser endpoints orders.shop in east:%n%s", endpoints.indent(2));

    assertThat(endpoints)
        .contains("kubernetes")
        .contains("orders-east-1")
        .contains("orders-east-2");
    assertThat(endpoints.lines().filter(line -> line.contains("west")))
        .hasSizeGreaterThanOrEqualTo(4);
    assertThat(mesh.west.hawser("endpoints", "orders.shop")).contains("consul").contains("east");
  }

  @Test
  void theSameNameWorksFromAPodAConsulInstanceAndAVm(TwoClusters mesh) throws Exception {
    try (Vm vm = Vm.join(mesh, "vm-names", 51, "ledger")) {
      Calls.await(
          "http://" + vm.address() + ":" + Vm.ORDERS_PORT + "/",
          "\"service\":\"orders\"",
          Duration.ofSeconds(40));
      Pod caller = mesh.payments;
      for (String host :
          new String[] {
            HOST_PORT, "orders.shop.svc.cluster.local:8080", "orders.shop.svc.clusterset.local:8080"
          }) {
        assertThat(byHost(mesh.web.address(), host))
            .as(host + " from a pod in east")
            .contains("\"service\":\"orders\"");
        assertThat(byHost(caller.address(), host))
            .as(host + " from an instance in west")
            .contains("\"service\":\"orders\"");
        assertThat(byHostOnVm(mesh, host))
            .as(host + " from the VM")
            .contains("\"service\":\"orders\"");
      }
      assertThat(byHost(mesh.web.address(), "orders:8080"))
          .as("by search rules")
          .contains("\"service\":\"orders\"");
      assertThat(byHost(caller.address(), "orders.service.consul:8080"))
          .as("by Consul's name")
          .contains("\"service\":\"orders\"");
      Report.line(
          "2 orders answered under 3 names from a pod, a Consul instance and a VM, and by search rules and Consul's name");
    }
  }

  @Test
  void theCalleeSeesTheTrueCallerAcrossClusters(TwoClusters mesh) {
    String answer =
        mesh.awaitAnswer("payments", "\"instance\":\"payments-1\"", Duration.ofSeconds(10));

    Report.line(
        "2 payments in west saw its caller as %s",
        answer.replaceAll(".*\"caller\":\"([^\"]*)\".*", "$1"));
    assertThat(answer).contains("URI=spiffe://east.mesh.internal/ns/shop/sa/web");
  }

  /** The agent offers its port for HTTP by Host on the VM's loopback alone. */
  private static String byHostOnVm(TwoClusters mesh, String host) {
    return Shell.run(
            Map.of(),
            mesh.eastSite.command(
                "curl", "-s", "-m", "5", "-H", "Host: " + host, "http://127.0.0.1:15001/"))
        .orFail()
        .output();
  }

  /** Asks for a name through a sidecar's port for HTTP by Host. */
  static String byHost(String sidecar, String host) {
    return Shell.run(
            Map.of(),
            List.of(
                "curl", "-s", "-m", "5", "-H", "Host: " + host, "http://" + sidecar + ":15001/"))
        .orFail()
        .output();
  }
}
