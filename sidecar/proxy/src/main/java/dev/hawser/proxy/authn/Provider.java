package dev.hawser.proxy.authn;

import dev.hawser.proxy.jwt.ClaimRules;
import dev.hawser.proxy.jwt.Jwt;
import dev.hawser.proxy.jwt.JwtException;
import dev.hawser.proxy.jwt.JwtFailure;
import dev.hawser.proxy.jwt.KeySet;
import dev.hawser.proxy.model.JwtConfig;
import dev.hawser.proxy.worker.Worker;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One who issues tokens, ready for use by all workers. */
final class Provider {
  private final JwtConfig.Provider config;
  private final ClaimRules rules;
  private final KeySource keys;
  private final List<TokenCache> caches;

  Provider(JwtConfig.Provider config, KeySource keys, int workers) {
    this.config = config;
    this.keys = keys;
    this.rules =
        new ClaimRules(
            config.issuer(),
            config.audiences(),
            config.subject(),
            config.requireExpiration(),
            config.maxLifetime(),
            config.skew());
    this.caches =
        config.cache() == 0
            ? List.of()
            : IntStream.range(0, workers)
                .mapToObj(_ -> new TokenCache(config.cache(), config.cacheTokenSize()))
                .toList();
  }

  JwtConfig.Provider config() {
    return config;
  }

  KeySource keys() {
    return keys;
  }

  /** How a token was found. */
  sealed interface Check {
    record Good(Jwt jwt) implements Check {}

    /** With the keys that it was checked with; null if there were none. */
    record Bad(JwtFailure failure, @Nullable KeySet seen) implements Check {}
  }

  /**
   * Checks a token with the keys of this moment.
   *
   * @param at the time at which it must be in force
   * @param audiences instead of its own; null keeps those
   */
  Check check(Worker worker, String token, Instant at, @Nullable Set<String> audiences) {
    KeySet present = keys.keys();
    TokenCache cache = caches.isEmpty() ? null : caches.get(worker.index());
    Jwt known = cache == null || present == null ? null : cache.get(token, present);
    try {
      Jwt jwt = known == null ? Jwt.parse(token) : known;
      ClaimRules wanted = audiences == null ? rules : rules.withAudiences(audiences);
      Optional<JwtFailure> failure = wanted.check(jwt, at);
      if (failure.isEmpty() && known == null) {
        failure =
            present == null ? Optional.of(JwtFailure.KEYS_NOT_FETCHED) : present.check(jwt.token());
      }
      if (failure.isPresent()) {
        return new Check.Bad(failure.get(), present);
      }
      if (known == null && cache != null && present != null) {
        cache.put(token, jwt, present);
      }
      return new Check.Good(jwt);
    } catch (JwtException e) {
      return new Check.Bad(e.failure(), present);
    }
  }

  /** Whether a token says that it is of this provider. */
  boolean issued(String token) {
    if (config.issuer().isEmpty()) {
      return true;
    }
    try {
      return config.issuer().equals(Jwt.parse(token).issuer());
    } catch (JwtException _) {
      return false;
    }
  }
}
