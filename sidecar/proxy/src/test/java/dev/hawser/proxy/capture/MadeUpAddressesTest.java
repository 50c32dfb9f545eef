package dev.hawser.proxy.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.naming.ServiceName;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MadeUpAddressesTest {
  private static final ServiceName ORDERS = ServiceName.parse("orders.shop");

  @TempDir private Path folder;

  private static ServiceName service(int number) {
    return ServiceName.parse("s" + number + ".shop");
  }

  @Test
  void aServiceKeepsItsAddressAcrossRestarts() throws IOException {
    Path file = folder.resolve("addresses");
    InetAddress first;
    InetAddress second;
    try (MadeUpAddresses addresses = MadeUpAddresses.open(file)) {
      first = addresses.of(ORDERS).orElseThrow();
      second = addresses.of(service(1)).orElseThrow();
      assertThat(addresses.of(ORDERS)).contains(first);
      assertThat(addresses.at(first)).contains(ORDERS);
    }
    assertThat(first.getHostAddress()).startsWith("240.240.");
    try (MadeUpAddresses addresses = MadeUpAddresses.open(file)) {
      assertThat(addresses.at(second)).contains(service(1));
      assertThat(addresses.of(ORDERS)).contains(first);
      assertThat(addresses.at(InetAddress.ofLiteral("10.96.0.10"))).isEmpty();
      assertThat(addresses.at(InetAddress.ofLiteral("::1"))).isEmpty();
    }
  }

  @Test
  void noTwoServicesShareOneUntilAllAreGiven() throws IOException {
    try (MadeUpAddresses addresses = MadeUpAddresses.open(folder.resolve("addresses"))) {
      Set<InetAddress> given = new HashSet<>();
      for (int i = 0; i < 65_534; i++) {
        assertThat(given.add(addresses.of(service(i)).orElseThrow())).isTrue();
      }
      assertThat(addresses.of(ORDERS)).isEmpty();
      assertThat(addresses.of(service(7))).isPresent();
    }
  }

  @Test
  void aDamagedLineHidesNoOther() throws IOException {
    Path file = folder.resolve("addresses");
    Files.writeString(
        file,
        """
        240.240.0.7 orders.shop
        nonsense
        10.0.0.1 ledger.shop
        240.240.0.7 billing.shop
        240.240.0.8 web.shop
        """);
    try (MadeUpAddresses addresses = MadeUpAddresses.open(file)) {
      assertThat(addresses.at(InetAddress.ofLiteral("240.240.0.7"))).contains(ORDERS);
      assertThat(addresses.at(InetAddress.ofLiteral("240.240.0.8")))
          .contains(ServiceName.parse("web.shop"));
      assertThat(addresses.at(InetAddress.ofLiteral("10.0.0.1"))).isEmpty();
    }
  }
}
