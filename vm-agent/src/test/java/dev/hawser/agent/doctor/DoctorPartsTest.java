package dev.hawser.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorPartsTest {
  private static final String QUESTION = "026f6b0000010001";

  private static DnsAnswer answer(String hex) {
    return DnsQuestion.read(ByteBuffer.wrap(HexFormat.of().parseHex(hex)), 0x1234);
  }

  @Test
  void answersOfDnsAreReadAndBrokenOnesAreSilence() {
    String one = "c00c000100010000000500040a60000a";
    assertThat(answer("123481800001000100000000" + QUESTION + one))
        .isEqualTo(new DnsAnswer.Addresses(List.of("10.96.0.10")));
    assertThat(answer("123481830001000000000000" + QUESTION)).isEqualTo(new DnsAnswer.NoSuchName());
    assertThat(answer("123481820001000000000000" + QUESTION)).isEqualTo(new DnsAnswer.Refused(2));
    assertThat(answer("999981800001000100000000" + QUESTION + one))
        .isInstanceOf(DnsAnswer.Silent.class);
    String whole = "123481800001000100000000" + QUESTION + one;
    for (int end = 0; end < whole.length(); end += 2) {
      assertThat(answer(whole.substring(0, end))).isInstanceOf(DnsAnswer.Silent.class);
    }
  }

  @Test
  void aServiceIsReadInEachOfItsSpellings() {
    assertThat(Target.parse("orders.shop.svc.cluster.local:80").toString())
        .isEqualTo("orders.shop:80");
    assertThat(Target.parse("orders.shop").isMetBy("orders.shop:8080")).isTrue();
    assertThat(Target.parse("orders.shop:80").isMetBy("orders.shop:8080")).isFalse();
    for (String bad : List.of("orders", "orders.shop:", "orders.shop:0", "a.b:x", ":80", "")) {
      assertThatThrownBy(() -> Target.parse(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + bad + "'")
          .hasMessageContaining("orders.shop:8080");
    }
  }

  @Test
  void anAnswerOfHttpIsReadWholeOrInChunks() throws IOException {
    assertThat(reply("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").body()).isEqualTo("ok");
    assertThat(
            reply(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n1\r\n!\r\n0\r\n\r\n")
                .body())
        .isEqualTo("ok!");
    assertThatThrownBy(() -> reply("")).hasMessageContaining("ended before an answer");
    assertThatThrownBy(() -> reply("SSH-2.0\r\n\r\n")).hasMessageContaining("not HTTP");
  }

  private static LocalProxy.Reply reply(String text) throws IOException {
    return HttpReply.read(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)), 1 << 20);
  }

  @Test
  void ofTheProxysUpstreamsOnlyServicesCount() throws IOException {
    String json =
        """
        [{"name": "PassthroughCluster", "protocol": "TCP", "endpoints": {"endpoints": []}},
         {"name": "orders.shop:8080", "protocol": "HTTP2", "endpoints": {"endpoints": [
           {"address": "10.7.0.20:15006", "cluster": "east", "state": "serving"}]}}]
        """;
    assertThat(LocalProxy.read(json))
        .containsExactly(
            new UpstreamView(
                "orders.shop:8080",
                "HTTP2",
                List.of(new UpstreamView.Place("10.7.0.20:15006", "east", "serving"))));
  }
}
