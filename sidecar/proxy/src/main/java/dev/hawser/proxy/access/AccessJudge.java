package dev.hawser.proxy.access;

import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.Access.Rule;
import dev.hawser.proxy.routing.HeaderValue;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates authorization as Envoy's RBAC filters do. Pure; what a rule cannot know (a header of a
 * connection without requests) does not pass.
 */
public final class AccessJudge {
  private AccessJudge() {}

  /**
   * Who asks, and for what.
   *
   * @param caller the verified SPIFFE id, or null without TLS
   * @param source the address of the connection's other end, or null if it is none
   * @param port of the service
   * @param request null for a connection of raw bytes
   */
  public record Subject(
      @Nullable String caller,
      @Nullable InetAddress source,
      String serverName,
      int port,
      @Nullable Http2Headers request) {
    /** Returns who is at the other end of a connection; the request is null for raw bytes. */
    public static Subject of(Downstream downstream, @Nullable Http2Headers request) {
      return new Subject(
          downstream.peerText(),
          downstream.source(),
          downstream.serverName(),
          downstream.servicePort(),
          request);
    }
  }

  /** Whether every one of them allows. */
  public static boolean allows(List<Access> all, Subject subject) {
    for (int i = 0; i < all.size(); i++) {
      if (!allows(all.get(i), subject)) {
        return false;
      }
    }
    return true;
  }

  /** Whether it allows. */
  static boolean allows(Access access, Subject subject) {
    for (Access.Policy policy : access.policies()) {
      if (any(policy.requests(), subject) && any(policy.callers(), subject)) {
        return access.allow();
      }
    }
    return !access.allow();
  }

  private static boolean any(List<Rule> rules, Subject subject) {
    for (Rule rule : rules) {
      if (passes(rule, subject)) {
        return true;
      }
    }
    return false;
  }

  private static boolean passes(Rule rule, Subject subject) {
    return switch (rule) {
      case Rule.Any _ -> true;
      case Rule.All(List<Rule> rules) -> rules.stream().allMatch(one -> passes(one, subject));
      case Rule.OneOf(List<Rule> rules) -> any(rules, subject);
      case Rule.Not(Rule inner) -> !passes(inner, subject);
      case Rule.Caller caller -> subject.caller() != null && caller.id().test(subject.caller());
      case Rule.Authenticated _ -> subject.caller() != null;
      case Rule.Source source ->
          subject.source() != null && source.range().contains(subject.source());
      case Rule.Header header ->
          subject.request() != null
              && header.match().test(HeaderValue.of(subject.request(), header.match().name()));
      case Rule.Path path ->
          subject.request() != null && path.match().test(path(subject.request()));
      case Rule.Port(int port) -> subject.port() == port;
      case Rule.ServerName name -> name.match().test(subject.serverName());
    };
  }

  private static String path(Http2Headers request) {
    String whole = String.valueOf(request.path());
    int mark = whole.indexOf('?');
    return mark < 0 ? whole : whole.substring(0, mark);
  }
}
