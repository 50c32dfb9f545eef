package dev.hawser.engine.hello;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ClientHelloParserTest {
  private static final Map<String, byte[]> CAPTURED = CapturedHellos.all();
  private static final Detection EXPECTED =
      new Detection.Sni(CapturedHellos.SNI, CapturedHellos.ALPN);

  private static Detection detect(byte[] bytes) {
    return new ClientHelloParser().detect(Unpooled.wrappedBuffer(bytes));
  }

  private static byte[] captured(String name) {
    return Objects.requireNonNull(CAPTURED.get(name));
  }

  private static byte[] message(byte[] singleRecord) {
    return Arrays.copyOfRange(singleRecord, 5, singleRecord.length);
  }

  static Stream<Arguments> captured() {
    return CAPTURED.entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("captured")
  void findsNameAndProtocolsInTheHellosOfRealClients(String client, byte[] hello) {
    assertThat(detect(hello)).isEqualTo(EXPECTED);
  }

  @Test
  void hasAPostQuantumSizedHelloAmongItsSamples() {
    assertThat(captured("boringssl-post-quantum").length).isGreaterThan(1500);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("captured")
  void everyPrefixIsIncompleteAndNothingElse(String client, byte[] hello) {
    for (int length = 0; length < hello.length; length++) {
      assertThat(detect(Arrays.copyOf(hello, length)))
          .as("prefix of %d octets", length)
          .isEqualTo(Detection.INCOMPLETE);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("captured")
  void oneParserFedByteByByteFindsTheSame(String client, byte[] hello) {
    ClientHelloParser parser = new ClientHelloParser();
    ByteBuf input = Unpooled.buffer();
    for (int i = 0; i < hello.length; i++) {
      assertThat(parser.detect(input)).isEqualTo(Detection.INCOMPLETE);
      input.writeByte(hello[i]);
    }
    assertThat(parser.detect(input)).isEqualTo(EXPECTED);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("captured")
  void everyCutIntoTwoRecordsFindsTheSame(String client, byte[] hello) {
    byte[] message = message(hello);
    for (int cut = 1; cut < message.length; cut++) {
      byte[] records = CraftedHello.records(message, cut);
      assertThat(detect(records)).as("cut at %d", cut).isEqualTo(EXPECTED);
      // Neither record alone, nor the second's header alone, may decide.
      assertThat(detect(Arrays.copyOf(records, 5 + cut))).isEqualTo(Detection.INCOMPLETE);
      assertThat(detect(Arrays.copyOf(records, records.length - 1)))
          .isEqualTo(Detection.INCOMPLETE);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("captured")
  void recordsOfOneOctetEachFindTheSame(String client, byte[] hello) {
    byte[] message = message(hello);
    int[] ones = new int[message.length];
    Arrays.fill(ones, 1);
    assertThat(detect(CraftedHello.records(message, ones))).isEqualTo(EXPECTED);
  }

  @Property(tries = 300)
  void anyCutIntoRecordsAndReadsFindsTheSame(
      @ForAll @Size(max = 40) int[] sizes, @ForAll @Size(min = 1, max = 40) int[] reads) {
    byte[] message = message(captured("boringssl"));
    int[] bounded = Arrays.stream(sizes).map(s -> Math.floorMod(s, 200)).toArray();
    byte[] records = CraftedHello.records(message, bounded);
    ClientHelloParser parser = new ClientHelloParser();
    int end = 0;
    int turn = 0;
    Detection last = Detection.INCOMPLETE;
    while (end < records.length) {
      assertThat(last).isEqualTo(Detection.INCOMPLETE);
      end = Math.min(records.length, end + 1 + Math.floorMod(reads[turn++ % reads.length], 300));
      last = parser.detect(Unpooled.wrappedBuffer(records, 0, end));
    }
    assertThat(last).isEqualTo(EXPECTED);
  }

  @Property(tries = 2000)
  void whateverIsChangedTheAnswerNeverThrowsAndNeverChangesWithMoreBytes(
      @ForAll("mutations") byte[] bytes, @ForAll @IntRange(min = 1, max = 64) int step) {
    Detection whole = detect(bytes);
    ClientHelloParser growing = new ClientHelloParser();
    for (int end = 0; end <= bytes.length; end += step) {
      Detection early = detect(Arrays.copyOf(bytes, end));
      assertThat(growing.detect(Unpooled.wrappedBuffer(bytes, 0, end))).isEqualTo(early);
      if (!(early instanceof Detection.Incomplete)) {
        assertThat(early).isEqualTo(whole);
      }
    }
  }

  @Provide
  Arbitrary<byte[]> mutations() {
    byte[] seed = CraftedHello.records(message(captured("jdk")), 3, 90);
    return Arbitraries.integers()
        .between(0, seed.length - 1)
        .tuple2()
        .list()
        .ofMinSize(1)
        .ofMaxSize(5)
        .map(places -> {
          byte[] bytes = seed.clone();
          places.forEach(p -> bytes[p.get1()] = (byte) (int) p.get2());
          return bytes;
        });
  }

  @Test
  void foldsUpperCaseAndNothingElse() {
    assertThat(detect(new CraftedHello().sni("P8080.Orders.SHOP.west.mesh.internal").bytes()))
        .isEqualTo(new Detection.Sni("p8080.orders.shop.west.mesh.internal", java.util.List.of()));
  }

  @Test
  void aHelloWithoutNameIsNotDefaulted() {
    assertThat(detect(CapturedHellos.withoutSni()))
        .isEqualTo(new Detection.NoSni(CapturedHellos.ALPN));
    assertThat(detect(new CraftedHello().bytes()))
        .isEqualTo(new Detection.NoSni(java.util.List.of()));
  }

  @Test
  void otherProtocolsAreNotTls() {
    for (String text : new String[] {"GET / HTTP/1.1\r\n", "PRI * HTTP/2.0", "SSH-2.0-x", "\0"}) {
      assertThat(detect(text.getBytes(StandardCharsets.US_ASCII))).isEqualTo(Detection.NOT_TLS);
    }
    // SSL 2 compatible hello, an alert, and a record of a major version that does not exist.
    assertThat(detect(new byte[] {(byte) 0x80, 46, 1, 3, 1})).isEqualTo(Detection.NOT_TLS);
    assertThat(detect(new byte[] {21, 3, 1, 0, 2, 1, 0})).isEqualTo(Detection.NOT_TLS);
    assertThat(detect(new byte[] {22, 2})).isEqualTo(Detection.NOT_TLS);
  }

  static Stream<Arguments> broken() {
    String longest = ("a".repeat(63) + ".").repeat(3) + "a".repeat(61);
    byte[] plain = new CraftedHello().sni("a.b").message();
    return Stream.of(
        Arguments.of(new CraftedHello().sni("a.b").sni("a.b").bytes(), "two server name ext"),
        Arguments.of(new CraftedHello().sni("a.b", "c.d").bytes(), "two server names"),
        Arguments.of(new CraftedHello().sni(1, "a.b").bytes(), "not a host name"),
        Arguments.of(new CraftedHello().sni().bytes(), "an end within server name type"),
        Arguments.of(new CraftedHello().sni("").bytes(), "name of 0 octets"),
        Arguments.of(new CraftedHello().sni(longest + "b").bytes(), "name of 254 octets"),
        Arguments.of(new CraftedHello().sni("a".repeat(64) + ".b").bytes(), "label longer"),
        Arguments.of(new CraftedHello().sni("10.0.0.1").bytes(), "an IP address"),
        Arguments.of(new CraftedHello().sni("::1").bytes(), "octet 58"),
        Arguments.of(new CraftedHello().sni("a\0.b").bytes(), "octet 0"),
        Arguments.of(new CraftedHello().sni("a\u00e9.b").bytes(), "octet 233"),
        Arguments.of(new CraftedHello().sni("a.b.").bytes(), "ends with a dot"),
        Arguments.of(new CraftedHello().sni("a..b").bytes(), "an empty label"),
        Arguments.of(new CraftedHello().sni("*.b").bytes(), "octet 42"),
        Arguments.of(new CraftedHello().alpn("h2").alpn("h2").bytes(), "two lists"),
        Arguments.of(new CraftedHello().alpn("h2", "").bytes(), "an empty application protocol"),
        Arguments.of(new CraftedHello().alpn().bytes(), "a broken list"),
        Arguments.of(new CraftedHello().extension(0, new byte[] {0}).bytes(), "an end within"),
        Arguments.of(new CraftedHello().sessionId(33).sni("a").bytes(), "session id longer"),
        Arguments.of(new CraftedHello().suites(0).sni("a").bytes(), "cipher suites of 0"),
        Arguments.of(new CraftedHello().suites(3).sni("a").bytes(), "cipher suites of 3"),
        Arguments.of(new CraftedHello().compressions(0).sni("a").bytes(), "no compression"),
        Arguments.of(with(new CraftedHello().sni("a.b").bytes(), 5, 2), "not a ClientHello"),
        Arguments.of(new byte[] {22, 3, 1, 0, 0}, "an empty record"),
        Arguments.of(new byte[] {22, 3, 1, 0x40, 1}, "a record longer"),
        Arguments.of(new byte[] {22, 3, 1, 0, 4, 1, 0, 0x40, 1}, "longer than 16384"),
        Arguments.of(CraftedHello.records(Arrays.copyOf(plain, plain.length + 1)), "after the"),
        Arguments.of(with(CraftedHello.records(plain, 10), 15, 23), "not a handshake"),
        Arguments.of(with(CraftedHello.records(plain, 10), 16, 4), "another version"));
  }

  private static byte[] with(byte[] bytes, int index, int value) {
    byte[] changed = bytes.clone();
    changed[index] = (byte) value;
    return changed;
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("broken")
  void whatMayNotBeRoutedIsMalformedForTheReasonGiven(byte[] bytes, String reason) {
    assertThat(detect(bytes))
        .isInstanceOfSatisfying(
            Detection.Malformed.class, m -> assertThat(m.reason()).contains(reason));
  }

  @Test
  void theLongestNameIsAccepted() {
    String name = ("a".repeat(63) + ".").repeat(3) + "a".repeat(61);
    assertThat(name).hasSize(253);
    assertThat(detect(new CraftedHello().sni(name).bytes()))
        .isEqualTo(new Detection.Sni(name, java.util.List.of()));
  }

  @Test
  void theLongestHelloIsAcceptedAndOneCutTooFineIsNot() {
    byte[] padding = new byte[15_000];
    CraftedHello big = new CraftedHello().extension(21, padding).sni("a.b");
    assertThat(detect(big.bytes())).isInstanceOf(Detection.Sni.class);
    int[] ones = new int[16_000];
    Arrays.fill(ones, 1);
    assertThat(detect(CraftedHello.records(big.message(), ones)))
        .isInstanceOfSatisfying(
            Detection.Malformed.class, m -> assertThat(m.reason()).contains("octets of records"));
  }
}
