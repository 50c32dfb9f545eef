package dev.hawser.proxy.reply;

import dev.hawser.proxy.http.StreamFailure;
import java.time.Duration;

/** The proxy's own answers, each of which says what is the matter. */
public final class Replies {
  /** gRPC's status for a time that is over. */
  private static final int DEADLINE_EXCEEDED = 4;

  private Replies() {}

  /** Nothing in the mesh has the name. */
  public static LocalReply noSuchHost(String authority) {
    return new LocalReply(
        404,
        "NR",
        "no_such_service",
        "no service of the mesh has the name " + printable(authority));
  }

  /** A host is known but none of its rules takes the request. */
  public static LocalReply noRoute(String authority) {
    return new LocalReply(
        404, "NR", "no_route", "no route of " + printable(authority) + " takes this request");
  }

  /** The routes have not come yet. */
  public static LocalReply noRoutesYet(String name) {
    return new LocalReply(
        503,
        "NR",
        "routes_not_known_yet",
        "the routes " + name + " have not come from the control plane yet");
  }

  /** Policy does not allow it. */
  public static LocalReply denied() {
    return new LocalReply(403, "", "access_denied", "access denied by policy");
  }

  public static LocalReply noEndpoints(String upstream) {
    return new LocalReply(
        503, "UH", "no_healthy_upstream", "no instance of " + upstream + " is there");
  }

  public static LocalReply notKnownYet(String upstream) {
    return new LocalReply(
        503,
        "NC",
        "upstream_not_known_yet",
        "the instances of " + upstream + " have not come from the control plane yet");
  }

  public static LocalReply noSuchUpstream(String upstream) {
    return new LocalReply(503, "NC", "no_such_upstream", "there is no upstream " + upstream);
  }

  public static LocalReply tooManyRequests(String upstream) {
    return new LocalReply(
        503, "UO", "upstream_overflow", "too many requests to " + upstream + " are at work");
  }

  public static LocalReply failed(String upstream, StreamFailure failure, int attempts) {
    String flags = failure.kind().flag() + (attempts > 1 ? ",URX" : "");
    int status = failure.kind() == StreamFailure.Kind.TRY_TIMEOUT ? 504 : 503;
    return new LocalReply(
        status,
        flags,
        "upstream_failed",
        upstream + " did not answer in " + attempts + " tries, the last: " + failure.detail());
  }

  public static LocalReply timedOut(Duration timeout) {
    return new LocalReply(
        504, "UT", "request_timeout", "no complete response within " + timeout.toMillis() + " ms");
  }

  /**
   * All of it took longer than the route allows.
   *
   * @param requestEnded whether the caller had sent all of its request
   */
  public static LocalReply tookTooLong(boolean requestEnded) {
    return new LocalReply(
            requestEnded ? 504 : 408,
            "DT",
            "stream_timeout",
            "the route's time for the whole request is over")
        .withGrpcStatus(DEADLINE_EXCEEDED);
  }

  public static LocalReply idle(Duration timeout) {
    return new LocalReply(
        504, "SI", "stream_idle", "no byte in either direction for " + timeout.toMillis() + " ms");
  }

  private static String printable(String text) {
    return text.length() > 253 ? text.substring(0, 253) : text;
  }
}
