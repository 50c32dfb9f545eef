package dev.hawser.proxy.trace;

import dev.hawser.proxy.model.TraceRule;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How requests of one listener are traced, ready for use. Immutable. */
public final class TracePlan {
  private static final AsciiString CLIENT_TRACE = AsciiString.cached("x-client-trace-id");

  private final TraceRule rule;
  private final boolean inbound;
  private final SpanSender sender;
  private final List<String> fixed = new ArrayList<>();
  private final List<TraceRule.Tag.Header> byHeader = new ArrayList<>();

  /**
   * Compiles a rule.
   *
   * @param inbound whether others call here
   * @param environment reads a variable of the process; null if it is not set
   */
  public TracePlan(
      TraceRule rule,
      boolean inbound,
      SpanSender sender,
      Function<String, @Nullable String> environment) {
    this.rule = rule;
    this.inbound = inbound;
    this.sender = sender;
    for (TraceRule.Tag tag : rule.tags()) {
      switch (tag) {
        case TraceRule.Tag.Literal literal -> fix(literal.name(), literal.value());
        case TraceRule.Tag.Environment from -> {
          String value = environment.apply(from.variable());
          fix(from.name(), value == null ? from.otherwise() : value);
        }
        case TraceRule.Tag.Header header -> byHeader.add(header);
      }
    }
  }

  private void fix(String name, String value) {
    if (!value.isEmpty()) {
      fixed.add(name);
      fixed.add(value);
    }
  }

  TraceRule rule() {
    return rule;
  }

  SpanSender sender() {
    return sender;
  }

  List<String> fixed() {
    return fixed;
  }

  List<TraceRule.Tag.Header> byHeader() {
    return byHeader;
  }

  /** A request begins; on its loop. */
  public Trace begin(Http2Headers head, SplittableRandom random) {
    TraceContext came = TraceContext.of(head);
    Boolean decided = came == null ? TraceContext.decisionOf(head) : came.sampled();
    boolean sampled = decided == null ? decide(head, random) : decided;
    TraceContext own =
        came == null
            ? new TraceContext(
                random.nextLong(), id(random), id(random), sampled, "", TraceContext.Form.W3C)
            : came.child(id(random), sampled);
    return new Trace(this, own, came == null ? 0 : came.span(), random);
  }

  private boolean decide(Http2Headers head, SplittableRandom random) {
    boolean chosen =
        (head.contains(CLIENT_TRACE) && rule.client().takes(random)) || rule.random().takes(random);
    return chosen && rule.overall().takes(random);
  }

  /** An identifier of zeros is none. */
  static long id(SplittableRandom random) {
    long id = random.nextLong();
    return id == 0 ? 1 : id;
  }

  /** The span of the request is a server's if tries have spans of their own. */
  Span.Kind kind() {
    return inbound || rule.perTry() ? Span.Kind.SERVER : Span.Kind.CLIENT;
  }

  /** Returns how it is called; as Envoy does. */
  String name(Facts facts) {
    return inbound ? "ingress" : "egress " + facts.authority();
  }
}
