package dev.hawser.proxy.access;

import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.Access.Policy;
import dev.hawser.proxy.model.Access.Rule;
import dev.hawser.proxy.model.AddressRange;
import dev.hawser.proxy.model.FieldMatch;
import dev.hawser.proxy.model.TextMatch;
import dev.hawser.trust.spiffe.SpiffeId;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a callee's sidecar pays to find out whether a caller may: subject and verdict. */
@State(Scope.Thread)
public class AccessBenchmark {
  private static final String EAST = "spiffe://east.mesh.internal/";

  /** The control plane's own rule for a service without a policy. */
  private final List<Access> sameMesh =
      List.of(
          new Access(
              true, List.of(new Policy("mesh", List.of(caller(EAST)), List.of(new Rule.Any())))));

  /** Nobody from the lab's network; then one of three policies must allow. */
  private final List<Access> threePolicies =
      List.of(
          new Access(
              false, List.of(new Policy("lab", List.of(from("10.66.0.0", 16)), any(8080, 8081)))),
          new Access(
              true,
              List.of(
                  new Policy(
                      "web reads",
                      List.of(new Rule.Caller(new TextMatch.Exact(EAST + "ns/shop/sa/web", false))),
                      List.of(new Rule.All(List.of(method("GET"), path("/v1/orders"))))),
                  new Policy(
                      "billing writes",
                      List.of(caller(EAST + "ns/billing/")),
                      List.of(
                          new Rule.All(
                              List.of(
                                  new Rule.OneOf(List.of(method("POST"), method("PUT"))),
                                  path("/v1/invoices"))))),
                  new Policy(
                      "operators",
                      List.of(
                          new Rule.All(
                              List.of(
                                  caller(EAST + "ns/ops/"), new Rule.Not(from("10.99.0.0", 16))))),
                      List.of(new Rule.All(List.of(path("/admin"), new Rule.Port(8080))))))));

  private final Downstream web = from(EAST + "ns/shop/sa/web");
  private final Downstream operator = from(EAST + "ns/ops/sa/console");
  private final Http2Headers read = request("GET", "/v1/orders/4711?lines=all");
  private final Http2Headers admin = request("POST", "/admin/drain");

  private static Rule caller(String prefix) {
    return new Rule.Caller(new TextMatch.Prefix(prefix, false));
  }

  private static Rule from(String network, int bits) {
    return new Rule.Source(new AddressRange(InetAddress.ofLiteral(network), bits));
  }

  private static List<Rule> any(int first, int last) {
    return List.of(new Rule.Port(first, last));
  }

  private static Rule method(String name) {
    return new Rule.Header(
        new FieldMatch(
            ":method", Optional.of(new TextMatch.Exact(name, false)), true, false, false));
  }

  private static Rule path(String prefix) {
    return new Rule.Path(new TextMatch.Prefix(prefix, false));
  }

  private static Downstream from(String id) {
    return new Downstream(
        SpiffeId.parse(id),
        id,
        new InetSocketAddress(InetAddress.ofLiteral("10.1.2.3"), 40_312),
        new InetSocketAddress(InetAddress.ofLiteral("10.1.7.9"), 15_006),
        false,
        "p8080.orders.shop.east.mesh.internal",
        8080,
        true);
  }

  private static Http2Headers request(String method, String path) {
    return new DefaultHttp2Headers(false)
        .method(new AsciiString(method))
        .scheme(new AsciiString("http"))
        .authority(new AsciiString("orders.shop:8080"))
        .path(new AsciiString(path));
  }

  private static boolean judge(List<Access> rules, Downstream from, Http2Headers request) {
    return AccessJudge.allows(rules, AccessJudge.Subject.of(from, request));
  }

  /** The one rule that every service has. */
  @Benchmark
  public boolean sameMesh() {
    return judge(sameMesh, web, read);
  }

  /** The first of three allows. */
  @Benchmark
  public boolean byTheFirst() {
    return judge(threePolicies, web, read);
  }

  /** Only the last of three allows. */
  @Benchmark
  public boolean byTheLast() {
    return judge(threePolicies, operator, admin);
  }

  /** None of three allows. */
  @Benchmark
  public boolean refused() {
    return judge(threePolicies, web, admin);
  }
}
