package dev.hawser.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.it.harness.Member;
import dev.hawser.it.harness.Pod;
import dev.hawser.it.harness.Site;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.svid.SvidStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Story 7: what is not exported cannot be reached, by no name and with no certificate. */
@ExtendWith(WithTwoClusters.class)
final class ExportStory {
  private static final int VAULT = 30;
  private static final int LEDGER = 31;

  @Test
  void aServiceThatIsNotExportedIsNeitherResolvedNorReachedByItsServerName(TwoClusters mesh)
      throws IOException {
    try (Pod vault = mesh.startInWest("vault-1", "vault", VAULT, Map.of(), "false")) {
      Awaitility.await("vault is known in west")
          .atMost(Duration.ofSeconds(20))
          .until(() -> mesh.west.hawser("endpoints", "vault.shop").contains("10.2.0.30"));
      TlsCaller caller = new TlsCaller(svid(mesh.folder.resolve("web")));
      mesh.internet.count(mesh.westSite, vault.address());
      TlsCaller.Outcome bySlot =
          caller.get(
              mesh.westSite.publicAddress(),
              Site.GATEWAY_PORT,
              "s0.p8080.vault.shop.west.mesh.internal");
      TlsCaller.Outcome byService =
          caller.get(
              mesh.westSite.publicAddress(),
              Site.GATEWAY_PORT,
              "p8080.vault.shop.west.mesh.internal");
      long packets = mesh.internet.counted(mesh.westSite);
      TlsCaller.Outcome control =
          caller.get(
              mesh.westSite.publicAddress(),
              Site.GATEWAY_PORT,
              "p8080.payments.shop.west.mesh.internal");

      Report.line(
          "7 vault is not exported: by slot %s; by service %s; %d packets reached it; payments, which is: %s",
          bySlot, byService, packets, firstLine(control));
      assertThat(mesh.east.hawser("services")).doesNotContain("vault.shop");
      assertThat(OneServiceStory.byHost(mesh.web.address(), "vault.shop:8080"))
          .doesNotContain("\"service\"");
      assertThat(bySlot).isInstanceOf(TlsCaller.Outcome.Closed.class);
      assertThat(byService).isInstanceOf(TlsCaller.Outcome.Closed.class);
      assertThat(packets).isZero();
      assertThat(firstLine(control)).contains("200");
    } finally {
      mesh.consul.deregister("vault-1");
    }
  }

  @Test
  void aThirdClusterIsRefusedByTheCalleesProxyWhenTheExportNamesAnother(TwoClusters mesh)
      throws IOException {
    Site southSite = mesh.internet.site("south", 3);
    Path services = Files.createDirectories(mesh.folder.resolve("south-services"));
    try (Member south =
            Member.start(
                "south",
                southSite,
                mesh.folder,
                Map.of("HAWSER_REGISTRY_FILE_DIRECTORY", services.toString()));
        Pod ledger = mesh.startInWest("ledger-1", "ledger", LEDGER, Map.of(), "east")) {
      south.startGateway(southSite.publicAddress());
      south.hawser("join", TwoClusters.token(mesh.east.hawser("invite")));
      String token =
          TwoClusters.token(
              south.hawser("token", "issue", "--namespace", "shop", "--service-account", "probe"));
      Path tokenFile = mesh.write("south-probe.token", token);
      try (Pod probe =
          Pod.start(
              "south-probe",
              "probe",
              southSite,
              10,
              mesh.folder,
              "join: {tokenFile: " + tokenFile + "}",
              Map.of())) {
        Awaitility.await("south's workload has its certificate")
            .atMost(Duration.ofSeconds(20))
            .until(() -> new SvidStore(mesh.folder.resolve("south-probe")).load().isPresent());
        Awaitility.await("ledger is exported")
            .atMost(Duration.ofSeconds(30))
            .until(() -> mesh.east.hawser("services").contains("ledger.shop"));
        Awaitility.await("west knows south")
            .atMost(Duration.ofSeconds(30))
            .until(() -> mesh.west.get("/v1/federation").contains("\"south\""));
        String name = "p8080.ledger.shop.west.mesh.internal";
        TlsCaller fromSouth = new TlsCaller(svid(mesh.folder.resolve("south-probe")));
        TlsCaller fromEast = new TlsCaller(svid(mesh.folder.resolve("web")));
        String countUrl = "http://" + ledger.address() + ":8080/count";
        TlsCaller.Outcome refused =
            fromSouth.get(mesh.westSite.publicAddress(), Site.GATEWAY_PORT, name);
        String reached = Calls.get(countUrl).body();
        TlsCaller.Outcome allowed =
            fromEast.get(mesh.westSite.publicAddress(), Site.GATEWAY_PORT, name);

        Report.line(
            "7 ledger is exported to east alone: south gets %s and its application says %s; east gets %s (%s)",
            firstLine(refused), reached, firstLine(allowed), probe.name());
        assertThat(south.hawser("services")).doesNotContain("ledger.shop");
        assertThat(firstLine(refused)).doesNotContain("200");
        assertThat(reached).contains("\"requests\":0");
        assertThat(firstLine(allowed)).contains("200");
      }
      south.hawser("leave", "--yes");
    } finally {
      mesh.consul.deregister("ledger-1");
    }
  }

  @Test
  void aPeersClaimToANameThatIsNotExportedHereGetsNoTrafficAndIsShown(TwoClusters mesh) {
    mesh.kubelet.service("shop", "secrets", 8080, "http", Map.of());
    try (Pod ours = mesh.startInEast("secrets-east-1", "secrets", 32, Map.of());
        Pod theirs = mesh.startInWest("secrets-west-1", "secrets", 32, Map.of(), "true")) {
      Awaitility.await("the conflict is shown")
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> mesh.east.tryHawser("federation", "status").output().contains("secrets.shop"));
      String conflict =
          mesh.east
              .hawser("federation", "status")
              .lines()
              .filter(line -> line.contains("secrets.shop"))
              .findFirst()
              .orElseThrow();
      Awaitility.await("ours is in the mesh")
          .atMost(Duration.ofSeconds(30))
          .until(() ->
              OneServiceStory.byHost(mesh.web.address(), "secrets.shop:8080")
                  .contains("secrets-east-1"));
      for (int i = 0; i < 50; i++) {
        assertThat(OneServiceStory.byHost(mesh.web.address(), "secrets.shop:8080"))
            .contains("\"instance\":\"secrets-east-1\"");
      }
      Report.line(
          "7 %s and %s claim one name: 50 of 50 calls stayed in east; shown as: %s",
          ours.name(), theirs.name(), conflict.strip());
      assertThat(Calls.get("http://" + theirs.address() + ":8080/count").body())
          .contains("\"requests\":0");
    } finally {
      mesh.consul.deregister("secrets-west-1");
      mesh.kubelet.delete("shop", "secrets-east-1");
    }
  }

  private static String firstLine(TlsCaller.Outcome outcome) {
    return switch (outcome) {
      case TlsCaller.Outcome.Answered answered ->
          answered.response().lines().findFirst().orElse("(closed without a byte)");
      case TlsCaller.Outcome.Closed closed -> closed.how();
    };
  }

  private static Svid svid(Path dataDir) throws IOException {
    return new SvidStore(dataDir).load().orElseThrow();
  }
}
