package dev.hawser.host.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CapturePlanTest {
  @Test
  void sshIsNeverCapturedWhateverIsAskedFor() {
    assertThat(Plans.usual().ssh()).contains(PortRange.of(22));
    assertThat(Plans.full().ssh()).containsExactlyElementsOf(Plans.ports("22", "2222"));
    for (CapturePlan plan : List.of(Plans.usual(), Plans.full(), Plans.least())) {
      for (Rule.Chain chain : List.of(Rule.Chain.OUTBOUND, Rule.Chain.INBOUND)) {
        Rule first =
            Rules.of(plan).stream().filter(rule -> rule.chain() == chain).findFirst().orElseThrow();
        assertThat(first.matches())
            .containsExactly(new Match.ToPorts(Match.Transport.TCP, plan.ssh(), false));
        assertThat(first.action()).isEqualTo(new Rule.Action.Leave());
      }
    }
  }

  @Test
  void whatCannotWorkIsRefusedWithItsValue() {
    assertRefused(() -> new CapturePlan.Own(List.of(), List.of(), 1), "neither a user nor a group");
    assertRefused(() -> new CapturePlan.Own(List.of(1L), List.of(), 0), "mark: 0");
    assertRefused(() -> new CapturePlan.Own(List.of(-1L), List.of(), 1), "user: -1");
    assertRefused(() -> new CapturePlan.Own(List.of(), List.of(1L << 32), 1), "group: 4294967296");
    assertRefused(
        () -> new CapturePlan.Proxy(15_001, 15_001, OptionalInt.empty(), List.of()),
        "port 15001 is given twice");
    assertRefused(
        () -> new CapturePlan.Proxy(0, 15_001, OptionalInt.empty(), List.of()), "port: '0'");
    CapturePlan usual = Plans.usual();
    assertRefused(
        () ->
            new CapturePlan(
                usual.proxy(),
                usual.own(),
                List.of(),
                Plans.ports("15000-15010"),
                usual.outbound(),
                usual.destinations(),
                usual.inbound(),
                true),
        "port 15001 is of SSH and of the proxy");
    assertRefused(() -> new Application("../../x", usual), "'../../x'");
  }

  @Test
  void portsAndBlocksAreReadOrRefusedWithTheText() {
    assertThat(PortRange.parse("8000-8100")).isEqualTo(new PortRange(8000, 8100));
    for (String bad : List.of("", "0", "65536", "-1", "80-", "90-80", "80,81", "8０", "http")) {
      assertRefused(() -> PortRange.parse(bad), "'" + bad + "'");
    }
    assertThat(Cidr.parse("fd00:0:0:1::/64")).hasToString("fd00:0:0:1::/64");
    assertThat(Cidr.parse("::/0")).hasToString("::/0");
    assertThat(Cidr.parse("::1")).hasToString("::1/128");
    assertThat(Cidr.parse("192.0.2.7")).hasToString("192.0.2.7/32");
    for (String bad : List.of("", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "orders.shop", "1/x")) {
      assertThatThrownBy(() -> Cidr.parse(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("address block: ")
          .hasMessageContaining("expected: ");
    }
    assertRefused(() -> Cidr.parse("10.1.2.3/8"), "expected: 10.0.0.0/8");
  }

  @Property
  void mergedRangesHoldTheSamePortsAndNeverTouch(
      @ForAll @Size(max = 8) List<@IntRange(min = 1, max = 40) Integer> firsts,
      @ForAll @Size(value = 8) List<@IntRange(max = 10) Integer> lengths) {
    Set<Integer> expected = new TreeSet<>();
    List<PortRange> ranges = new java.util.ArrayList<>();
    for (int i = 0; i < firsts.size(); i++) {
      PortRange range = new PortRange(firsts.get(i), firsts.get(i) + lengths.get(i));
      ranges.add(range);
      addAll(expected, range);
    }
    List<PortRange> merged = PortRange.merged(ranges);
    Set<Integer> actual = new TreeSet<>();
    merged.forEach(range -> addAll(actual, range));
    assertThat(actual).isEqualTo(expected);
    for (int i = 1; i < merged.size(); i++) {
      assertThat(merged.get(i).first()).isGreaterThan(merged.get(i - 1).last() + 1);
    }
  }

  @Property
  void mergedBlocksHoldTheSameAddressesAndNeverOverlap(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 255) Integer> octets,
      @ForAll @Size(value = 6) List<@IntRange(min = 24, max = 32) Integer> prefixes) {
    List<Cidr> blocks = new java.util.ArrayList<>();
    for (int i = 0; i < octets.size(); i++) {
      int mask = 0xff & (0xff << (32 - prefixes.get(i)));
      blocks.add(Cidr.parse("192.0.2." + (octets.get(i) & mask) + "/" + prefixes.get(i)));
    }
    List<Cidr> merged = Cidr.merged(blocks);
    for (int last = 0; last < 256; last++) {
      Cidr address = Cidr.parse("192.0.2." + last);
      assertThat(merged.stream().filter(block -> block.contains(address)).count())
          .as(address.toString())
          .isEqualTo(blocks.stream().anyMatch(block -> block.contains(address)) ? 1 : 0);
    }
  }

  private static void addAll(Set<Integer> ports, PortRange range) {
    int[] all = java.util.stream.IntStream.rangeClosed(range.first(), range.last()).toArray();
    Arrays.stream(all).forEach(ports::add);
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String named) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(named)
        .hasMessageContaining("expected: ");
  }
}
