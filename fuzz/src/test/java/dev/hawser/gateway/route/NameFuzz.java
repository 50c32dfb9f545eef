package dev.hawser.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hawser.api.naming.ClusterName;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;

class NameFuzz {
  private static final ClusterName WEST = new ClusterName("west", "mesh.internal");
  private static final String ORDERS = "p8080.orders.shop.west.mesh.internal";
  private static final RouteTable TABLE =
      new RouteTable(
          WEST,
          Map.of(
              ORDERS,
              List.of(backend(1), backend(7)),
              WEST.controlPlaneSni(),
              List.of(backend(-1))));

  /** What leads somewhere, in as many words. */
  private static final Pattern KNOWN =
      Pattern.compile(
          "(s[17]\\.)?"
              + Pattern.quote(ORDERS)
              + "|(r[0-9a-f]{16}\\.)?"
              + Pattern.quote(WEST.controlPlaneSni()));

  private static Backend backend(int slot) {
    return new Backend(
        InetSocketAddress.createUnresolved("127.0.0.1", 15006),
        slot < 0 ? OptionalInt.empty() : OptionalInt.of(slot),
        1,
        "orders-1",
        true);
  }

  /** There is no default: a name leads somewhere if it is exactly one that is known. */
  @FuzzTest
  void aNameLeadsSomewhereOrNowhere(byte[] octets) {
    String name = new String(octets, StandardCharsets.ISO_8859_1);
    assertThat(TABLE.find(name, _ -> 0) instanceof Route.To)
        .isEqualTo(KNOWN.matcher(name).matches());
  }
}
