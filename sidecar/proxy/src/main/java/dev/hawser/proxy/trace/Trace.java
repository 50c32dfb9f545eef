package dev.hawser.proxy.trace;

import dev.hawser.proxy.http.HeaderValue;
import dev.hawser.proxy.model.TraceRule;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One request's place in its trace. Lives on one event loop. */
public final class Trace {
  /** Characters of a tag's value; the rest is cut off. */
  private static final int MAX_VALUE = 1024;

  private final TracePlan plan;
  private final TraceContext context;
  private final long parent;
  private final SplittableRandom random;
  private final long began;
  private final long beganNanos = System.nanoTime();
  private @Nullable Try current;

  /** A try with a span of its own. */
  private static final class Try {
    private final TraceContext context;
    private final long began;
    private final String upstream;
    private final String host;
    private int status;

    Try(TraceContext context, long began, String upstream, String host) {
      this.context = context;
      this.began = began;
      this.upstream = upstream;
      this.host = host;
    }
  }

  Trace(TracePlan plan, TraceContext context, long parent, SplittableRandom random) {
    this.plan = plan;
    this.context = context;
    this.parent = parent;
    this.random = random;
    this.began = context.isSampled() ? epochNanos() : 0;
  }

  private static long epochNanos() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  private long now() {
    return began + System.nanoTime() - beganNanos;
  }

  /** Whether its spans are sent. */
  public boolean isSampled() {
    return context.isSampled();
  }

  /** Returns the trace's identifier, 32 digits. */
  public String id() {
    return context.traceId();
  }

  /** The request is passed on with this head. */
  public void passOn(Http2Headers head) {
    context.put(head, parent);
  }

  /** A try of it begins, whose head this is. */
  public void beginTry(Http2Headers head, String upstream, String host) {
    if (!plan.rule().perTry()) {
      return;
    }
    endTry("");
    TraceContext child = context.child(TracePlan.id(random), context.isSampled());
    child.put(head, context.span());
    if (context.isSampled()) {
      current = new Try(child, now(), upstream, host);
    }
  }

  /** A response has come, maybe one that is not passed on. */
  public void answered(int status) {
    Try present = current;
    if (present != null) {
      present.status = status;
    }
  }

  /**
   * The present try is over.
   *
   * @param flag why it failed; empty if it did not
   */
  public void endTry(String flag) {
    Try present = current;
    if (present == null) {
      return;
    }
    current = null;
    List<String> tags = new ArrayList<>();
    add(tags, "component", "proxy");
    add(tags, "upstream_cluster", present.upstream);
    add(tags, "upstream_address", present.host);
    add(tags, "http.status_code", Integer.toString(present.status));
    add(tags, "response_flags", flag.isEmpty() ? "-" : flag);
    boolean failed = !flag.isEmpty() || present.status >= 500;
    plan.sender()
        .offer(
            new Span(
                present.context,
                context.span(),
                "router " + present.upstream + " egress",
                Span.Kind.CLIENT,
                present.began,
                now(),
                tags,
                failed),
            plan.rule().collector());
  }

  /**
   * The request is over.
   *
   * @param request its head
   */
  public void end(Http2Headers request, Facts facts) {
    if (!context.isSampled()) {
      return;
    }
    endTry(facts.status() == 0 ? facts.flags() : "");
    boolean failed = facts.status() == 0 || facts.status() >= 500;
    plan.sender()
        .offer(
            new Span(
                context,
                parent,
                plan.name(facts),
                plan.kind(),
                began,
                now(),
                tags(request, facts, failed),
                failed),
            plan.rule().collector());
  }

  private List<String> tags(Http2Headers request, Facts facts, boolean failed) {
    List<String> tags = new ArrayList<>(40 + plan.fixed().size());
    String path = facts.path();
    int most = plan.rule().maxPath();
    String cut = path.length() > most ? path.substring(0, most) : path;
    add(tags, "component", "proxy");
    add(tags, "http.method", facts.method());
    add(tags, "http.url", facts.scheme() + "://" + facts.authority() + cut);
    add(tags, "http.protocol", facts.protocol());
    add(tags, "http.status_code", Integer.toString(facts.status()));
    add(tags, "guid:x-request-id", facts.requestId());
    add(tags, "user_agent", facts.userAgent());
    add(tags, "request_size", Long.toString(facts.requestBytes()));
    add(tags, "response_size", Long.toString(facts.responseBytes()));
    add(tags, "response_flags", facts.flags().isEmpty() ? "-" : facts.flags());
    add(tags, "upstream_cluster", facts.upstream());
    add(tags, "upstream_address", facts.upstreamHost());
    add(tags, "peer.address", facts.downstream() == null ? "" : facts.downstream());
    if (facts.grpcStatus() >= 0) {
      add(tags, "grpc.status_code", Integer.toString(facts.grpcStatus()));
    }
    if (failed) {
      add(tags, "error", "true");
    }
    tags.addAll(plan.fixed());
    for (TraceRule.Tag.Header tag : plan.byHeader()) {
      String value = HeaderValue.of(request, tag.header());
      add(tags, tag.name(), value == null ? tag.otherwise() : value);
    }
    return tags;
  }

  private static void add(List<String> tags, String name, String value) {
    if (!value.isEmpty()) {
      tags.add(name);
      tags.add(value.length() > MAX_VALUE ? value.substring(0, MAX_VALUE) : value);
    }
  }
}
