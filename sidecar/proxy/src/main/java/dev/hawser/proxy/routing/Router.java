package dev.hawser.proxy.routing;

import dev.hawser.proxy.http.HeaderValue;
import dev.hawser.proxy.model.LabelSet;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.reply.Replies;
import dev.hawser.proxy.upstream.Upstream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns what was found for a request into a decision. */
public final class Router {
  private static final AsciiString ORIGINAL_PATH = AsciiString.cached("x-envoy-original-path");
  private static final AsciiString FORWARDED_HOST = AsciiString.cached("x-forwarded-host");

  private Router() {}

  /** Decides, and changes the head of a request that is passed on. */
  public static RouteDecision decide(
      Selection selection, Http2Headers request, RouteContext context) {
    RouteRule rule = selection.rule();
    Route.Way way = selection.way();
    if (rule == null || way == null) {
      return new RouteDecision.Answer(selection.otherwise());
    }
    return switch (rule.action()) {
      case RouteRule.Action.Answer(int status, String body) ->
          new RouteDecision.Answer(new LocalReply(status, "", "", body));
      case RouteRule.Action.Redirect redirect ->
          new RouteDecision.Answer(
              Redirector.reply(rule, redirect, request, context.downstream().tls()));
      case RouteRule.Action.Forward forward -> forward(rule, forward, way, request, context);
    };
  }

  /** Changes the head of an answer of the proxy itself as the rule says, if there is one. */
  public static void respond(
      Selection selection, Http2Headers request, Http2Headers response, RouteContext context) {
    RouteRule rule = selection.rule();
    Route.Way way = selection.way();
    if (rule != null && way != null && !way.headers().response().isEmpty()) {
      String upstream = way.target() == null ? "" : way.target().upstream();
      new HeaderEditor(context, rule.name(), upstream, request, response)
          .apply(way.headers().response(), response);
    }
  }

  private static RouteDecision forward(
      RouteRule rule,
      RouteRule.Action.Forward forward,
      Route.Way way,
      Http2Headers request,
      RouteContext context) {
    Upstream upstream = upstream(forward.choice(), way, request, context);
    if (upstream == null) {
      return new RouteDecision.Answer(Replies.noSuchUpstream("that the request names"));
    }
    if (!way.headers().request().isEmpty()) {
      new HeaderEditor(context, rule.name(), upstream.name(), request, null)
          .apply(way.headers().request(), request);
    }
    RouteRule.Target target = way.target();
    if (target != null && target.hostRewrite().isPresent()) {
      rewriteHost(request, target.hostRewrite(), false);
    } else {
      rewriteHost(forward.host(), request);
    }
    if (!(forward.path() instanceof RouteRule.PathRewrite.Keep)) {
      CharSequence before = request.path();
      request.path(PathRewriter.rewrite(rule, forward.path(), RequestPath.of(request)));
      if (before != null && !AsciiString.contentEquals(before, request.path())) {
        request.set(ORIGINAL_PATH, before);
      }
    }
    return new RouteDecision.Forward(
        rule, forward, upstream, way.headers(), target == null ? LabelSet.NONE : target.labels());
  }

  /** A name that a request brings is only looked up: nobody may make us know new ones. */
  private static @Nullable Upstream upstream(
      RouteRule.Choice choice, Route.Way way, Http2Headers request, RouteContext context) {
    return switch (choice) {
      case RouteRule.Choice.Weighted _ ->
          way.target() == null ? null : context.upstreams().get(way.target().upstream());
      case RouteRule.Choice.ByHeader(String name) -> {
        String named = HeaderValue.first(request, name);
        yield named == null ? null : context.upstreams().find(named);
      }
    };
  }

  private static void rewriteHost(RouteRule.HostRewrite rewrite, Http2Headers request) {
    switch (rewrite) {
      case RouteRule.HostRewrite.Keep _ -> {}
      case RouteRule.HostRewrite.Literal(String by, boolean told) ->
          rewriteHost(request, Optional.of(by), told);
      case RouteRule.HostRewrite.FromHeader(String name, boolean told) ->
          rewriteHost(
              request,
              Optional.ofNullable(HeaderValue.first(request, name)).filter(host -> !host.isEmpty()),
              told);
      case RouteRule.HostRewrite.FromPath(var replacement, boolean told) ->
          rewriteHost(request, Optional.of(replacement.in(RequestPath.of(request).path())), told);
      case RouteRule.HostRewrite.OfEndpoint(boolean told) ->
          // The endpoint is not known yet; each try says its own name.
          rewriteHost(request, Optional.ofNullable(request.authority()).map(String::valueOf), told);
    }
  }

  private static void rewriteHost(Http2Headers request, Optional<String> host, boolean told) {
    if (host.isEmpty()) {
      return;
    }
    CharSequence before = request.authority();
    if (told && before != null) {
      request.add(FORWARDED_HOST, before);
    }
    request.authority(host.get());
  }
}
