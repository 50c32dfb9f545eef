package dev.hawser.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hawser.api.naming.ClusterName;
import java.nio.charset.StandardCharsets;

class NameFuzz {
  private static final RouteTable EMPTY =
      RouteTable.empty(new ClusterName("west", "mesh.internal"));

  /** A table that holds nothing leads nowhere but to the gateway itself. */
  @FuzzTest(maxDuration = "10m")
  void aNameLeadsSomewhereOrNowhere(byte[] octets) {
    String name = new String(octets, StandardCharsets.ISO_8859_1);
    assertThat(EMPTY.find(name, _ -> 0)).isNotInstanceOf(Route.To.class);
  }
}
