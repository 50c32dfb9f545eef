package dev.hawser.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.it.harness.Shell;
import dev.hawser.it.harness.Site;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Story 1: two clusters federate with two commands, and nothing but the gateway port is open
 * between them.
 */
@ExtendWith(WithTwoClusters.class)
final class FederationStory {
  @Test
  void firstAnswerFromTheOtherClusterComesWithinAMinuteOfTheFirstCommand(TwoClusters mesh) {
    Report.line(
        "1 join: first answer of payments in west %s after `hawser invite`",
        Report.seconds(mesh.joinTook));

    assertThat(mesh.joinTook).isLessThan(Duration.ofSeconds(60));
    assertThat(mesh.east.hawser("federation", "status")).contains("west").contains("LIVE");
    assertThat(mesh.west.hawser("federation", "status")).contains("east").contains("LIVE");
  }

  @Test
  void theOtherSidesRegistryAndControlPlaneCannotBeReached(TwoClusters mesh) {
    URI consul = URI.create(mesh.consul.url());
    String apiServer = mesh.eastSite.address(1);

    assertThat(connect(mesh.westSite, apiServer, 6443)).as("east's API server from west").isFalse();
    assertThat(connect(mesh.westSite, mesh.eastSite.publicAddress(), 6443))
        .as("by its public address")
        .isFalse();
    assertThat(connect(mesh.westSite, mesh.eastSite.publicAddress(), 15012))
        .as("east's control plane")
        .isFalse();
    assertThat(connect(mesh.eastSite, consul.getHost(), consul.getPort()))
        .as("west's Consul from east")
        .isFalse();
    assertThat(connect(mesh.eastSite, mesh.westSite.publicAddress(), consul.getPort()))
        .as("by its public address")
        .isFalse();
    // The same attempts succeed where they should, so that a wrong address cannot pass for a closed
    // door.
    assertThat(connect(mesh.eastSite, apiServer, 6443)).as("east's API server from east").isTrue();
    assertThat(connect(mesh.westSite, consul.getHost(), consul.getPort()))
        .as("west's Consul from west")
        .isTrue();
    assertThat(connect(mesh.westSite, mesh.eastSite.publicAddress(), Site.GATEWAY_PORT))
        .as("east's gateway")
        .isTrue();
  }

  /**
   * Tries a TCP connection from inside a site, also along a route that an intruder there would add.
   */
  private static boolean connect(Site from, String address, int port) {
    String script =
        "ip route replace 10.1.0.0/24 via 192.0.2.1 2>/dev/null || true; "
            + "ip route replace 10.2.0.0/24 via 192.0.2.2 2>/dev/null || true; "
            + "timeout 2 bash -c 'exec 3<>/dev/tcp/"
            + address
            + "/"
            + port
            + "'";
    Shell.Result result = Shell.run(Map.of(), from.command(List.of("bash", "-c", script)));
    Shell.run(
        Map.of(), from.command("bash", "-c", "ip route del 10.1.0.0/24; ip route del 10.2.0.0/24"));
    return result.exit() == 0;
  }
}
