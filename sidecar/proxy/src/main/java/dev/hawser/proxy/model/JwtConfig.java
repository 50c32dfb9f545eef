package dev.hawser.proxy.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which requests need which tokens: Envoy's JWT authentication.
 *
 * @param rules the first that takes the request counts; none needs nothing
 * @param named requirements to which rules and routes refer
 * @param bypassPreflight whether preflight requests of browsers need nothing
 * @param silent whether a refusal says nothing but its status
 */
public record JwtConfig(
    Map<String, Provider> providers,
    List<Rule> rules,
    Map<String, Requirement> named,
    boolean bypassPreflight,
    boolean silent) {
  public JwtConfig {
    providers = Map.copyOf(providers);
    rules = List.copyOf(rules);
    named = Map.copyOf(named);
  }

  /** What requests of a kind need. */
  public record Rule(RouteRule.Match match, Requirement requirement) {}

  /** A need of tokens. */
  public sealed interface Requirement {
    /** Nothing. */
    record Nothing() implements Requirement {}

    /**
     * A token of this provider.
     *
     * @param audiences instead of the provider's own; empty keeps those
     */
    record Of(String provider, Optional<Set<String>> audiences) implements Requirement {}

    /** One of them. */
    record AnyOf(List<Requirement> all) implements Requirement {
      public AnyOf {
        all = List.copyOf(all);
      }
    }

    /** All of them. */
    record AllOf(List<Requirement> all) implements Requirement {
      public AllOf {
        all = List.copyOf(all);
      }
    }

    /** What tokens there are must be good; there may be none. */
    record MayMiss() implements Requirement {}

    /** Good tokens are looked at; others do not matter. */
    record MayFail() implements Requirement {}
  }

  /**
   * One who issues tokens.
   *
   * @param issuer empty takes any
   * @param audiences one of which a token must be meant for; none takes any
   * @param maxLifetime how much later than now a token may end
   * @param cookies names of cookies in which tokens come
   * @param forward whether the application sees the header with the token
   * @param payloadHeader tells the application the payload
   * @param payloadKey tells other filters the payload
   * @param headerKey tells other filters the token's header
   * @param wordLists claims that are told to other filters as lists of their words
   * @param reroute whether what is told may change the route
   * @param cache tokens that are remembered; 0 for none
   * @param cacheTokenSize characters of the longest one that is
   */
  public record Provider(
      String name,
      Optional<String> issuer,
      Set<String> audiences,
      Optional<TextMatch> subject,
      boolean requireExpiration,
      Optional<Duration> maxLifetime,
      Duration skew,
      Keys keys,
      List<HeaderPlace> headers,
      List<String> parameters,
      List<String> cookies,
      boolean forward,
      Optional<String> payloadHeader,
      boolean padPayload,
      List<ClaimHeader> claimHeaders,
      Optional<String> payloadKey,
      Optional<String> headerKey,
      Set<String> wordLists,
      boolean reroute,
      int cache,
      int cacheTokenSize) {
    public Provider {
      audiences = Set.copyOf(audiences);
      headers = List.copyOf(headers);
      parameters = List.copyOf(parameters);
      cookies = List.copyOf(cookies);
      claimHeaders = List.copyOf(claimHeaders);
      wordLists = Set.copyOf(wordLists);
    }
  }

  /**
   * A header in which tokens come.
   *
   * @param prefix before the token, maybe empty
   */
  public record HeaderPlace(String name, String prefix) {}

  /**
   * A header that tells the application a claim.
   *
   * @param claim its name; dots lead into objects
   */
  public record ClaimHeader(String name, String claim) {}

  /** Where the keys come from. */
  public sealed interface Keys {
    /** They are these: a JSON Web Key Set. */
    record Local(String json) implements Keys {}

    /**
     * From an upstream.
     *
     * @param freshFor how long before they are fetched again
     * @param prefetch whether they are fetched before a request needs them
     * @param refetchAfter how long after a failure the next fetch may begin
     * @param retries further tries of one fetch
     */
    record Remote(
        String upstream,
        String scheme,
        String authority,
        String path,
        Duration timeout,
        Duration freshFor,
        boolean prefetch,
        Duration refetchAfter,
        int retries,
        Duration backoff,
        Duration maxBackoff)
        implements Keys {}
  }
}
