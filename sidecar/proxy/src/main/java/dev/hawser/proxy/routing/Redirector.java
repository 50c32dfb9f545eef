package dev.hawser.proxy.routing;

import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.reply.LocalReply;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Optional;

/** Makes the answers that send callers elsewhere. Pure. */
final class Redirector {
  private Redirector() {}

  static LocalReply reply(
      RouteRule rule, RouteRule.Action.Redirect redirect, Http2Headers request, boolean tls) {
    return new LocalReply(redirect.status(), "", "", "")
        .withHeader("location", location(rule, redirect, request, tls));
  }

  private static String location(
      RouteRule rule, RouteRule.Action.Redirect redirect, Http2Headers request, boolean tls) {
    String authority = request.authority() == null ? "" : request.authority().toString();
    int portAt = portAt(authority);
    String scheme = redirect.scheme().orElse(tls ? "https" : "http");
    String host = redirect.host().orElse(portAt < 0 ? authority : authority.substring(0, portAt));
    String port = portAt < 0 ? "" : authority.substring(portAt);
    return scheme + "://" + host + port(redirect, port) + path(rule, redirect, request);
  }

  /** The caller's port says nothing about another host, and its scheme's own goes with it. */
  private static String port(RouteRule.Action.Redirect redirect, String present) {
    Optional<Integer> said = redirect.port();
    if (said.isPresent()) {
      return ":" + said.get();
    }
    boolean ofScheme =
        redirect.scheme().isPresent()
            && ((present.equals(":80") && redirect.scheme().get().equals("https"))
                || (present.equals(":443") && redirect.scheme().get().equals("http")));
    return redirect.host().isPresent() || ofScheme ? "" : present;
  }

  private static int portAt(String authority) {
    int colon = authority.lastIndexOf(':');
    return colon > authority.lastIndexOf(']') ? colon : -1;
  }

  private static String path(
      RouteRule rule, RouteRule.Action.Redirect redirect, Http2Headers request) {
    RequestPath path = RequestPath.of(request);
    return PathRewriter.rewrite(
        rule, redirect.path(), redirect.stripQuery() ? new RequestPath(path.path(), null) : path);
  }
}
