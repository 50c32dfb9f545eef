package dev.hawser.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.it.harness.Site;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.svid.SvidStore;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Story 11: a stolen cluster cannot speak for another, whoever is asked. */
@ExtendWith(WithTwoClusters.class)
final class StolenAuthorityStory {
  private static final SpiffeId VICTIM =
      SpiffeId.parse("spiffe://east.mesh.internal/ns/shop/sa/web");

  @Test
  void anIdentityOfEastSignedByWestsIntermediateIsRefusedEverywhere(TwoClusters mesh)
      throws IOException {
    refusedEverywhere(
        mesh, "under west's intermediate", Forger.identity(VICTIM, Loot.intermediateOf(mesh.west)));
  }

  @Test
  void anIdentityUnderAnIntermediateWithoutAConstraintIsRefusedEverywhere(TwoClusters mesh)
      throws IOException {
    Loot unconstrained = Forger.unconstrainedIntermediate(Loot.rootOf(mesh.east));
    refusedEverywhere(
        mesh, "under an intermediate without a constraint", Forger.identity(VICTIM, unconstrained));
  }

  private static void refusedEverywhere(TwoClusters mesh, String how, Svid forged)
      throws IOException {
    Svid real = new SvidStore(mesh.folder.resolve("web")).load().orElseThrow();
    Map<String, Target> targets =
        Map.of(
            "sidecar",
                new Target(
                    mesh.westOrders.getFirst().address(),
                    15006,
                    "p8080.orders.shop.west.mesh.internal",
                    "http/1.1"),
            "gateway",
                new Target(
                    mesh.westSite.publicAddress(),
                    Site.GATEWAY_PORT,
                    "gateway.west.mesh.internal",
                    "http/1.1"),
            "control plane",
                new Target(
                    mesh.eastSite.address(1), 15012, "control-plane.east.mesh.internal", "h2"));
    targets.forEach((name, target) -> {
      TlsCaller.Outcome outcome = ask(forged, target);
      TlsCaller.Outcome control = ask(real, target);
      Report.line(
          "11 identity of east %s, shown to the %s: %s (the real one: %s)",
          how, name, outcome, control);
      assertThat(outcome).as("forged, at the " + name).isInstanceOf(TlsCaller.Outcome.Closed.class);
      assertThat(control).as("real, at the " + name).isInstanceOf(TlsCaller.Outcome.Answered.class);
    });
  }

  private static TlsCaller.Outcome ask(Svid svid, Target target) {
    return new TlsCaller(svid)
        .get(target.address(), target.port(), target.name(), target.protocol());
  }

  private record Target(String address, int port, String name, String protocol) {}
}
