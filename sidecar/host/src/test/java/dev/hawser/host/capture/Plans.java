package dev.hawser.host.capture;

import java.util.List;
import java.util.OptionalInt;

/** Plans that several tests look at. */
final class Plans {
  private Plans() {}

  /** What a machine gets whose operator decides nothing. */
  static CapturePlan usual() {
    return new CapturePlan(
        new CapturePlan.Proxy(15_001, 15_006, OptionalInt.of(15_053), ports("15020", "15021")),
        new CapturePlan.Own(List.of(998L), List.of(), 0x3a99),
        List.of(),
        List.of(),
        CapturePlan.Traffic.ALL,
        CapturePlan.Destinations.ALL,
        CapturePlan.Traffic.ALL,
        true);
  }

  /** Everything that can be said, some of it twice or in pieces. */
  static CapturePlan full() {
    return new CapturePlan(
        new CapturePlan.Proxy(15_001, 15_006, OptionalInt.of(15_053), ports("15020", "15021")),
        new CapturePlan.Own(List.of(998L, 0L, 998L), List.of(2000L), 0x3a99),
        List.of(101L),
        ports("2222", "22"),
        new CapturePlan.Traffic(ports("8100-8200", "25", "8000-8100"), ports("80", "443", "5432")),
        new CapturePlan.Destinations(
            cidrs("10.9.0.0/16", "10.9.8.0/24", "fd00:9::/32", "192.0.2.7"),
            cidrs("10.0.0.0/8", "fd00::/8")),
        new CapturePlan.Traffic(ports("9100"), ports("8080", "9090-9099")),
        true);
  }

  /** Only what cannot be left out. */
  static CapturePlan least() {
    return new CapturePlan(
        new CapturePlan.Proxy(15_001, 15_006, OptionalInt.empty(), List.of()),
        new CapturePlan.Own(List.of(), List.of(2000L), 0x3a99),
        List.of(101L),
        List.of(),
        CapturePlan.Traffic.ALL,
        new CapturePlan.Destinations(List.of(), cidrs("0.0.0.0/0")),
        CapturePlan.Traffic.ALL,
        false);
  }

  static List<PortRange> ports(String... texts) {
    return List.of(texts).stream().map(PortRange::parse).toList();
  }

  static List<Cidr> cidrs(String... texts) {
    return List.of(texts).stream().map(Cidr::parse).toList();
  }
}
