package dev.hawser.it.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What differs from Envoy and is meant to; {@code it/CONFORMANCE.md} says the same in prose. An
 * entry that explains nothing any more is dead and has to go. Safe for any thread.
 */
final class IntendedDifferences {
  private final Map<String, Integer> hits = new ConcurrentHashMap<>();

  /**
   * One entry.
   *
   * @param reason why it is better so
   */
  record Entry(String name, String reason, Explanation explains) {}

  /** Whether an entry explains a difference. */
  interface Explanation {
    boolean explains(Case one, Outcome envoy, Outcome sidecar, Outcome.Difference difference);
  }

  private static final Set<String> TOLD_BY_ENVOY =
      Set.of(
          "response server",
          "response x-envoy-upstream-service-time",
          "request x-envoy-expected-rq-timeout-ms",
          "request x-envoy-original-host",
          "request x-envoy-original-path",
          "request x-forwarded-proto");

  private static final Set<String> FRAMING =
      Set.of("response connection", "response transfer-encoding", "response content-length");

  /** What lets a request in that Envoy refuses; no other entry ever explains that. */
  private static final Set<String> LET_IN =
      Set.of("each-requirement-sees-the-request", "scheme-in-any-case");

  private static final Set<String> NOT_IDEMPOTENT = Set.of("POST", "PATCH");

  private static final List<Entry> ENTRIES =
      List.of(
          new Entry(
              "envoy-tells-of-itself",
              "an application does not depend on which proxy is in front of it",
              (_, _, sidecar, difference) ->
                  TOLD_BY_ENVOY.contains(difference.what())
                      && difference.sidecar().equals(Outcome.ABSENT)),
          new Entry(
              "own-answers-say-why",
              "what the sidecar answers by itself names the reason; Envoy's body is empty or short",
              (_, envoy, sidecar, difference) ->
                  areOwn(envoy, sidecar)
                      && (difference.what().equals("body")
                          || difference.what().equals("response content-type")
                          || difference.what().equals("response content-length"))),
          new Entry(
              "framing-of-own-answers",
              "whether the connection stays open and how no body is framed is each proxy's own",
              (_, envoy, sidecar, difference) ->
                  areFramed(envoy, sidecar) && FRAMING.contains(difference.what())),
          new Entry(
              "methods-that-may-not-be-repeated",
              "a POST is tried again only if retriable_request_headers name its method",
              (one, envoy, sidecar, _) ->
                  one.configuration().name().startsWith("retries-")
                      && NOT_IDEMPOTENT.contains(one.request().method())
                      && sidecar.attempts().size() == 1
                      && envoy.attempts().size() > 1),
          new Entry(
              "realm-without-query",
              "the realm of a refusal does not repeat the query, which may hold the token",
              (one, _, _, difference) ->
                  difference.what().equals("response www-authenticate")
                      && one.request().target().contains("?")
                      && difference.envoy().contains("?")
                      && !difference.sidecar().contains("?")),
          new Entry(
              "each-requirement-sees-the-request",
              "of requires_all each one judges the request as it came; in Envoy the first takes its"
                  + " token, and what it said, away from the second",
              (one, _, _, difference) ->
                  JwtCases.needsAll(one)
                      && (JwtCases.takesTokens(one) || difference.what().startsWith("request x-"))),
          new Entry(
              "audiences-are-compared-as-they-are",
              "Envoy takes a slash at the end and a scheme at the beginning for nothing",
              (one, _, _, _) ->
                  one.configuration().name().startsWith("jwt-")
                      && Tokens.anySays(one.request(), "\"shop/\"")),
          new Entry(
              "every-token-must-be-good",
              "if there are several tokens, the application may look at any of them",
              (one, envoy, sidecar, _) ->
                  Tokens.count(one.request()) > 1 && isRefusal(sidecar) && !isRefusal(envoy)),
          new Entry(
              "a-token-has-one-text",
              "Envoy passes over an empty section of a token; the sidecar refuses it",
              (one, _, sidecar, difference) ->
                  one.request().wire().contains("..ey")
                      && (isRefusal(sidecar) || difference.what().startsWith("request x-"))),
          new Entry(
              "scheme-in-any-case",
              "the name of an authentication scheme has no case (RFC 9110 section 11.1)",
              (one, _, _, _) ->
                  one.request().says("authorization", value -> value.startsWith("bearer "))),
          new Entry(
              "claims-are-told-once",
              "of two good tokens Envoy writes what both say into the same header",
              (one, _, _, difference) ->
                  difference.what().startsWith("request x-")
                      && Tokens.count(one.request()) > 1
                      && difference.envoy().startsWith(difference.sidecar() + ",")),
          new Entry(
              "one-of-several-failures",
              "a token that is wrong in two ways is refused for one of them",
              (one, envoy, sidecar, difference) ->
                  one.configuration().name().startsWith("jwt-")
                      && isRefusal(envoy)
                      && isRefusal(sidecar)
                      && (difference.what().equals("status")
                          || difference.what().equals("body")
                          || difference.what().startsWith("response content-")
                          || difference.what().equals("response www-authenticate"))),
          new Entry(
              "own-status-is-known",
              "%RESPONSE_CODE% of an answer of the proxy itself is its status; Envoy says 0",
              (_, envoy, sidecar, difference) ->
                  areFramed(envoy, sidecar)
                      && difference.what().startsWith("response ")
                      && difference
                          .sidecar()
                          .replaceAll("\\b" + sidecar.response().status() + "\\b", "0")
                          .equals(difference.envoy())));

  /** Both proxies answered by themselves, with the same error, and not as a route told them. */
  private static boolean areOwn(Outcome envoy, Outcome sidecar) {
    return envoy.response().status() == sidecar.response().status()
        && envoy.response().status() >= 400
        && isOwn(envoy.response())
        && isOwn(sidecar.response());
  }

  private static boolean isRefusal(Outcome outcome) {
    int status = outcome.response().status();
    return outcome.attempts().isEmpty() && (status == 401 || status == 403);
  }

  private static boolean areFramed(Outcome envoy, Outcome sidecar) {
    return envoy.attempts().isEmpty() && sidecar.attempts().isEmpty();
  }

  private static boolean isOwn(Message response) {
    return response.value("x-application").isEmpty()
        && !response.body().equals(RoutingCases.SAID_AT_ONCE);
  }

  IntendedDifferences() {
    ENTRIES.forEach(entry -> hits.put(entry.name(), 0));
  }

  /** Returns what no entry explains, and counts those that explain something. */
  List<Outcome.Difference> unexplained(Case one, Outcome envoy, Outcome sidecar) {
    List<Outcome.Difference> left = new ArrayList<>();
    boolean letsIn = isRefusal(envoy) && !isRefusal(sidecar);
    for (Outcome.Difference difference : envoy.differences(sidecar)) {
      List<Entry> found =
          ENTRIES.stream()
              .filter(entry -> !letsIn || LET_IN.contains(entry.name()))
              .filter(entry -> entry.explains().explains(one, envoy, sidecar, difference))
              .toList();
      found.forEach(entry -> hits.merge(entry.name(), 1, Integer::sum));
      if (found.isEmpty()) {
        left.add(difference);
      }
    }
    return left;
  }

  /** Returns how many differences each entry explained. */
  Map<String, Integer> hits() {
    return new TreeMap<>(hits);
  }

  /** Returns the entries that explained nothing. */
  List<String> dead() {
    return hits().entrySet().stream()
        .filter(entry -> entry.getValue() == 0)
        .map(Map.Entry::getKey)
        .toList();
  }
}
