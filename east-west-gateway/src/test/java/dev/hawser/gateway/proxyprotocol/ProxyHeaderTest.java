package dev.hawser.gateway.proxyprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {
  private static final String MARK = "0d0a0d0a000d0a515549540a";

  private static ProxyHeader.Result parse(byte[] octets) {
    return ProxyHeader.parse(Unpooled.wrappedBuffer(octets));
  }

  private static byte[] line(String text) {
    return text.replace("~", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] block(String hex) {
    return HexFormat.of().parseHex(MARK + hex);
  }

  private static InetSocketAddress at(String host, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(host), port);
  }

  @ParameterizedTest
  @CsvSource({
    "PROXY TCP4 192.0.2.1 198.51.100.7 4711 15443~, 192.0.2.1, 4711",
    "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535~, 255.255.255.255, 65535",
    "PROXY TCP6 2001:db8::1 ::1 0 1~, 2001:db8::1, 0"
  })
  void aLineSaysWhoseConnectionItIs(String text, String host, int port) {
    assertThat(parse(line(text + "rest")))
        .isEqualTo(new ProxyHeader.Result.Found(at(host, port), text.length() + 1));
  }

  @Test
  void aLineMaySayThatNothingIsKnown() {
    assertThat(parse(line("PROXY UNKNOWN~"))).isEqualTo(new ProxyHeader.Result.Found(null, 15));
    assertThat(parse(line("PROXY UNKNOWN ffff:f 1 2 3~hello")))
        .isEqualTo(new ProxyHeader.Result.Found(null, 28));
  }

  @Test
  void aBlockSaysWhoseConnectionItIs() {
    assertThat(parse(block("2111000cc0000201c633640712673c53ff")))
        .isEqualTo(new ProxyHeader.Result.Found(at("192.0.2.1", 0x1267), 28));
    assertThat(
            parse(
                block(
                    "21210027"
                        + "20010db8000000000000000000000001"
                        + "00000000000000000000000000000001"
                        + "12673c53"
                        + "040000")))
        .isEqualTo(new ProxyHeader.Result.Found(at("2001:db8::1", 0x1267), 55));
  }

  @Test
  void aBalancerMaySpeakForItself() {
    assertThat(parse(block("20000000"))).isEqualTo(new ProxyHeader.Result.Found(null, 16));
    assertThat(parse(block("2011000cc0000201c633640712673c53")))
        .isEqualTo(new ProxyHeader.Result.Found(null, 28));
    assertThat(parse(block("21000000"))).isEqualTo(new ProxyHeader.Result.Found(null, 16));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1~",
        "PROXY~",
        "PROXY TCP4 192.0.2.1 198.51.100.7 4711 15443\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 4711~",
        "PROXY TCP4 192.0.2.1 198.51.100.7 4711 15443 1~",
        "PROXY TCP4  192.0.2.1 198.51.100.7 4711 15443~",
        "PROXY TCP4 192.0.2.1 198.51.100.7 4711 65536~",
        "PROXY TCP4 192.0.2.1 198.51.100.7 04711 15443~",
        "PROXY TCP4 192.0.2.1 198.51.100.7 -1 15443~",
        "PROXY TCP4 192.0.2.256 198.51.100.7 4711 15443~",
        "PROXY TCP4 example.com 198.51.100.7 4711 15443~",
        "PROXY TCP4 2001:db8::1 ::1 1 1~",
        "PROXY TCP6 192.0.2.1 198.51.100.7 4711 15443~",
        "PROXY TCP6 fe80::1%eth0 ::1 1 1~",
        "PROXY UDP4 192.0.2.1 198.51.100.7 4711 15443~",
        "proxy TCP4 192.0.2.1 198.51.100.7 4711 15443~",
        "~~x"
      })
  void garbageInALineIsRefused(String text) {
    assertThat(parse(line(text))).isInstanceOf(ProxyHeader.Result.Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1111000cc0000201c633640712673c53",
        "2211000cc0000201c633640712673c53",
        "2111000bc0000201c633640712673c",
        "21210020c0000201",
        "2112000cc0000201c633640712673c53",
        "213100d8",
        "21110801",
        "2011ffff",
        "21410000"
      })
  void garbageInABlockIsRefused(String hex) {
    assertThat(parse(block(hex))).isInstanceOf(ProxyHeader.Result.Malformed.class);
  }

  @Test
  void aLineWithoutAnEndIsGivenUpAtItsLimit() {
    String endless = "PROXY UNKNOWN " + "x".repeat(200);
    assertThat(parse(line(endless.substring(0, 106))))
        .isInstanceOf(ProxyHeader.Result.Incomplete.class);
    assertThat(parse(line(endless.substring(0, 107))))
        .isInstanceOf(ProxyHeader.Result.Malformed.class);
  }

  @Test
  void everyBeginningOfAHeaderIsIncomplete() {
    for (byte[] whole :
        new byte[][] {
          line("PROXY TCP4 192.0.2.1 198.51.100.7 4711 15443~"),
          block("2111000cc0000201c633640712673c53")
        }) {
      for (int length = 0; length < whole.length; length++) {
        assertThat(parse(Arrays.copyOf(whole, length)))
            .as("%d octets", length)
            .isInstanceOf(ProxyHeader.Result.Incomplete.class);
      }
    }
  }

  @Test
  void noOctetsMakeItThrowOrReadBehindItsHeader() {
    Random random = new Random(1);
    byte[][] seeds = {
      line("PROXY TCP4 192.0.2.1 198.51.100.7 4711 15443~"),
      line("PROXY TCP6 2001:db8::1 ::1 0 1~"),
      block("2111000cc0000201c633640712673c53"),
      block("20000000")
    };
    for (int round = 0; round < 100_000; round++) {
      byte[] octets = Arrays.copyOf(seeds[round % seeds.length], 16 + random.nextInt(64));
      for (int change = random.nextInt(4); change > 0; change--) {
        octets[random.nextInt(octets.length)] = (byte) random.nextInt();
      }
      ByteBuf in = Unpooled.wrappedBuffer(octets);
      if (ProxyHeader.parse(in) instanceof ProxyHeader.Result.Found(var _, int length)) {
        assertThat(length).isBetween(15, octets.length);
      }
      assertThat(in.readerIndex()).isZero();
    }
  }
}
