package dev.hawser.proxy.access;

import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.filter.Metadata;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.Access.Rule;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
   * @param destination the address that the connection came to, or null if it is none
   * @param port of the service
   * @param request null for a connection of raw bytes
   * @param told what filters said about the request; null if there is none
   */
  public record Subject(
      @Nullable String caller,
      @Nullable InetAddress source,
      @Nullable InetAddress destination,
      String serverName,
      int port,
      @Nullable Http2Headers request,
      @Nullable Metadata told) {
    Subject(
        @Nullable String caller,
        @Nullable InetAddress source,
        String serverName,
        int port,
        @Nullable Http2Headers request) {
      this(caller, source, null, serverName, port, request, null);
    }

    /** Returns who is at the other end of a connection; the request is null for raw bytes. */
    public static Subject of(Downstream downstream, @Nullable Http2Headers request) {
      return of(downstream, request, null);
    }

    /** The same, with what filters say; the shadow of the rules is told there. */
    public static Subject of(
        Downstream downstream, @Nullable Http2Headers request, @Nullable Metadata told) {
      InetSocketAddress local = downstream.local();
      int named = downstream.servicePort();
      return new Subject(
          downstream.peerText(),
          downstream.source(),
          local == null ? null : local.getAddress(),
          downstream.serverName(),
          named == 0 && local != null && !downstream.tls() ? local.getPort() : named,
          request,
          told);
    }
  }

  /** Whether every one of those that are enforced allows. */
  public static boolean allows(List<Access> all, Subject subject) {
    for (int i = 0; i < all.size(); i++) {
      Access access = all.get(i);
      if (access.shadow().isEmpty() && !allows(access, match(access, subject))) {
        return false;
      }
    }
    return true;
  }

  /** Returns the first policy that matches, or null if none does. */
  static Access.@Nullable Policy match(Access access, Subject subject) {
    for (Access.Policy policy : access.policies()) {
      if (any(policy.requests(), subject) && any(policy.callers(), subject)) {
        return policy;
      }
    }
    return null;
  }

  /** Whether the rules allow what the policy matches, or what none matches. */
  static boolean allows(Access access, Access.@Nullable Policy matched) {
    return switch (access.action()) {
      case ALLOW -> matched != null;
      case DENY -> matched == null;
      case LOG -> true;
    };
  }

  private static boolean any(List<Rule> rules, Subject subject) {
    for (Rule rule : rules) {
      if (passes(rule, subject)) {
        return true;
      }
    }
    return false;
  }

  private static boolean all(List<Rule> rules, Subject subject) {
    for (Rule rule : rules) {
      if (!passes(rule, subject)) {
        return false;
      }
    }
    return true;
  }

  private static boolean passes(Rule rule, Subject subject) {
    return switch (rule) {
      case Rule.Any _ -> true;
      case Rule.All(List<Rule> rules) -> all(rules, subject);
      case Rule.OneOf(List<Rule> rules) -> any(rules, subject);
      case Rule.Not(Rule inner) -> !passes(inner, subject);
      case Rule.Caller caller -> subject.caller() != null && caller.id().test(subject.caller());
      case Rule.Authenticated _ -> subject.caller() != null;
      case Rule.Source source ->
          subject.source() != null && source.range().contains(subject.source());
      case Rule.Destination destination ->
          subject.destination() != null && destination.range().contains(subject.destination());
      case Rule.Header header ->
          subject.request() != null && header.match().test(subject.request());
      case Rule.Path path ->
          subject.request() != null
              && subject.request().path() != null
              && path.match().test(path(subject.request()));
      case Rule.Port(int first, int last) -> subject.port() >= first && subject.port() <= last;
      case Rule.ServerName name -> name.match().test(subject.serverName());
      case Rule.Told told -> passes(told, subject.told());
    };
  }

  private static boolean passes(Rule.Told rule, @Nullable Metadata told) {
    Object value = told == null ? null : told.get(rule.filter(), rule.path());
    return rule.value().test(value) != rule.invert();
  }

  /** The path ends where a query begins, or what no request should have: a fragment. */
  private static String path(Http2Headers request) {
    CharSequence target = request.path();
    String whole = target == null ? "" : target.toString();
    for (int i = 0; i < whole.length(); i++) {
      if (whole.charAt(i) == '?' || whole.charAt(i) == '#') {
        return whole.substring(0, i);
      }
    }
    return whole;
  }
}
