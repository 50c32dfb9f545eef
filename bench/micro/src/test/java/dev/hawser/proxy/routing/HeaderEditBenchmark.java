package dev.hawser.proxy.routing;

import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.filter.Metadata;
import dev.hawser.proxy.model.HeaderOp;
import dev.hawser.proxy.model.HeaderOp.How;
import dev.hawser.proxy.model.HeaderOps;
import dev.hawser.proxy.model.HeaderText;
import dev.hawser.proxy.model.HeaderText.Part;
import dev.hawser.proxy.upstream.Upstreams;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What the changes of a request's head cost that a route asks for: two levels with seven of them.
 * Each time they meet a head that is as it was sent, so {@link #copyAlone} is to be taken off.
 */
@State(Scope.Thread)
public class HeaderEditBenchmark {
  private static final Part ROUTE = new Part.Known(HeaderText.Fact.ROUTE_NAME);
  private static final Part FROM =
      new Part.Known(HeaderText.Fact.DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT);

  private final Http2Headers sent = sent();
  private final RouteContext context = new FromEast();

  private final HeaderOps literals =
      HeaderOps.level(
          List.of(
              new HeaderOp.Remove("x-debug"),
              put("x-team", How.OVERWRITE_IF_EXISTS_OR_ADD, text("orders")),
              put("x-tier", How.ADD_IF_ABSENT, text("silver")),
              put("via", How.APPEND_IF_EXISTS_OR_ADD, text("mesh"))),
          List.of());

  private final HeaderOps all =
      literals.then(
          HeaderOps.level(
              List.of(
                  new HeaderOp.Remove("x-internal"),
                  put(
                      "x-caller",
                      How.OVERWRITE_IF_EXISTS_OR_ADD,
                      FROM,
                      text("/"),
                      new Part.RequestHeader("user-agent", "", 16)),
                  put("x-route", How.OVERWRITE_IF_EXISTS_OR_ADD, text("route="), ROUTE)),
              List.of()));

  private static HeaderOp put(String name, How how, Part... parts) {
    return new HeaderOp.Put(name, new HeaderText(List.of(parts)), how, false);
  }

  private static Part text(String literal) {
    return new Part.Literal(literal);
  }

  private static Http2Headers sent() {
    Http2Headers head =
        new DefaultHttp2Headers(false)
            .method(new AsciiString("GET"))
            .scheme(new AsciiString("http"))
            .authority(new AsciiString("orders.shop:8080"))
            .path(new AsciiString("/v1/orders/4711"));
    for (String field :
        List.of(
            "accept: */*",
            "user-agent: curl/8.14.1",
            "x-debug: 1",
            "x-internal: yes",
            "x-team: web",
            "x-tier: gold",
            "via: 1.1 ingress",
            "x-request-id: 0b5c7e0a-6b1d-4a0e-9a57-3d1f0a9c2b44")) {
      int colon = field.indexOf(':');
      head.add(
          new AsciiString(field.substring(0, colon)), new AsciiString(field.substring(colon + 2)));
    }
    return head;
  }

  /** A caller of the own cluster, whose filters said nothing. */
  private static final class FromEast implements RouteContext {
    private final Downstream downstream =
        new Downstream(
            null,
            null,
            new InetSocketAddress(InetAddress.ofLiteral("10.1.2.3"), 40_312),
            null,
            false,
            "",
            0,
            false);

    @Override
    public Downstream downstream() {
      return downstream;
    }

    @Override
    public @Nullable Metadata metadata() {
      return null;
    }

    @Override
    public Upstreams upstreams() {
      throw new IllegalStateException("a change of headers looks for no upstream");
    }

    @Override
    public SplittableRandom random() {
      throw new IllegalStateException("a change of headers leaves nothing to chance");
    }

    @Override
    public String protocol() {
      return "HTTP/1.1";
    }
  }

  private Http2Headers copy() {
    Http2Headers head = new DefaultHttp2Headers(false);
    head.add(sent);
    return head;
  }

  private Http2Headers edited(HeaderOps ops) {
    Http2Headers head = copy();
    new HeaderEditor(context, "orders-1", "orders.shop:8080", head, null)
        .apply(ops.request(), head);
    return head;
  }

  /** What the two others do besides. */
  @Benchmark
  public Http2Headers copyAlone() {
    return copy();
  }

  /** The first level: one is removed, three are put. */
  @Benchmark
  public Http2Headers literals() {
    return edited(literals);
  }

  /** Both levels: the second removes one and puts two that are made of facts. */
  @Benchmark
  public Http2Headers all() {
    return edited(all);
  }
}
