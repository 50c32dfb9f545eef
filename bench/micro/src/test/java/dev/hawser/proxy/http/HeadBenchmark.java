package dev.hawser.proxy.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.hawser.proxy.normalise.EscapedSlashes;
import dev.hawser.proxy.normalise.PathRules;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a head of HTTP/1 costs: its end is found in what was received, and then it is read. */
@State(Scope.Thread)
public class HeadBenchmark {
  private static final HttpLimits LIMITS = HttpLimits.defaults();

  private final HttpEdge edge =
      new HttpEdge(
          new PathRules(true, true, EscapedSlashes.KEEP),
          Set.of("websocket"),
          HttpEdge.Underscores.ALLOW,
          HttpEdge.Bounds.USUAL);

  private final Http1HeadFinder ofCaller = new Http1HeadFinder(LIMITS.headBytes(), true);
  private final Http1HeadFinder ofApplication = new Http1HeadFinder(LIMITS.headBytes(), false);

  private final ByteBuf small = received("GET / HTTP/1.1", "Host: orders.shop", "Accept: */*");

  private final ByteBuf browser =
      received(
          "GET /v1/orders/4711?lines=all HTTP/1.1",
          "Host: shop.example.com",
          "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
          "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
          "Accept-Language: en-GB,en;q=0.7,de;q=0.3",
          "Accept-Encoding: gzip, deflate, br",
          "Referer: https://shop.example.com/v1/orders",
          "Cookie: session=3f0c1d2e4b5a69788796a5b4c3d2e1f0; theme=dark; seen=1",
          "X-Request-Id: 0b5c7e0a-6b1d-4a0e-9a57-3d1f0a9c2b44",
          "X-Forwarded-For: 203.0.113.7",
          "X-Forwarded-Proto: https",
          "Connection: keep-alive");

  private final ByteBuf answer =
      received(
          "HTTP/1.1 200 OK",
          "Date: Thu, 26 Nov 2026 10:00:00 GMT",
          "Content-Type: application/json",
          "Content-Length: 1024",
          "Cache-Control: no-store",
          "ETag: \"5d41402abc4b2a76b9719d911017c592\"",
          "Vary: accept-encoding",
          "X-Request-Id: 0b5c7e0a-6b1d-4a0e-9a57-3d1f0a9c2b44");

  private static ByteBuf received(String... lines) {
    byte[] octets = (String.join("\r\n", lines) + "\r\n\r\n").getBytes(US_ASCII);
    return Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(octets.length).put(octets).flip());
  }

  private Object request(ByteBuf received) throws BadMessageException {
    return Http1HeadParser.request(found(ofCaller, received), LIMITS, edge);
  }

  /** The head is taken out of the buffer, so that the next run begins anew. */
  private static byte[] found(Http1HeadFinder finder, ByteBuf received) throws BadMessageException {
    return Objects.requireNonNull(finder.find(received.readerIndex(0)), "head without an end");
  }

  /** Two fields. */
  @Benchmark
  public Object smallRequest() throws BadMessageException {
    return request(small);
  }

  /** What a browser sends through an ingress: eleven fields. */
  @Benchmark
  public Object browsersRequest() throws BadMessageException {
    return request(browser);
  }

  /** Seven fields. */
  @Benchmark
  public Object response() throws BadMessageException {
    return Http1HeadParser.response(found(ofApplication, answer), false, null, LIMITS);
  }
}
