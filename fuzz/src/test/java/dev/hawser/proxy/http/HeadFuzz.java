package dev.hawser.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class HeadFuzz {
  private static final HttpLimits LIMITS = HttpLimits.defaults();
  private static final byte[] END = {'\r', '\n', '\r', '\n'};

  @FuzzTest
  void aRequestsHeadIsReadOrRefused(byte[] octets) {
    try {
      Http1Head head = Http1HeadParser.request(head(octets, true), LIMITS, HttpEdge.DEFAULT);
      Http2Headers headers = head.headers();
      assertThat(headers.method()).isNotEmpty();
      assertSound(headers);
    } catch (BadMessageException e) {
      assertThat(e.status()).isBetween(400, 599);
    }
  }

  @FuzzTest
  void aResponsesHeadIsReadOrRefused(byte[] octets) {
    try {
      assertSound(Http1HeadParser.response(head(octets, false), false, null, LIMITS).headers());
    } catch (BadMessageException e) {
      assertThat(e.status()).isBetween(400, 599);
    }
  }

  /** The head as it is found in what a peer sends. */
  private static byte[] head(byte[] octets, boolean strictLines) throws BadMessageException {
    ByteBuf sent = Unpooled.wrappedBuffer(octets, END);
    return Objects.requireNonNull(
        new Http1HeadFinder(LIMITS.headBytes(), strictLines).find(sent), "no end of the head");
  }

  /** Else nothing but refusals would be looked at. */
  @Test
  void aPlainHeadIsRead() throws BadMessageException {
    byte[] plain = "GET /a HTTP/1.1\r\nhost: b".getBytes(StandardCharsets.US_ASCII);
    Http2Headers headers =
        Http1HeadParser.request(head(plain, true), LIMITS, HttpEdge.DEFAULT).headers();
    assertThat(headers.path()).hasToString("/a");
  }

  /** Nothing in it can be taken for the end of a line when it is written again. */
  private static void assertSound(Http2Headers headers) {
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      String both = field.getKey() + "" + field.getValue();
      assertThat(both.chars()).noneMatch(c -> c == '\r' || c == '\n' || c == 0);
      assertThat(field.getKey()).isNotEmpty();
    }
  }
}
