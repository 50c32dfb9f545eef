package dev.hawser.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Arrays;
import java.util.Map;

class HeadFuzz {
  private static final HttpLimits LIMITS = HttpLimits.defaults();

  @FuzzTest
  void aRequestsHeadIsReadOrRefused(byte[] octets) {
    try {
      Http1Head head = Http1HeadParser.request(ended(octets), LIMITS, HttpEdge.DEFAULT);
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
      assertSound(Http1HeadParser.response(ended(octets), false, null, LIMITS).headers());
    } catch (BadMessageException e) {
      assertThat(e.status()).isBetween(400, 599);
    }
  }

  /** What finds heads never hands on one without its end. */
  private static byte[] ended(byte[] octets) {
    byte[] head = Arrays.copyOf(octets, octets.length + 4);
    head[octets.length] = '\r';
    head[octets.length + 1] = '\n';
    head[octets.length + 2] = '\r';
    head[octets.length + 3] = '\n';
    return head;
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
