package dev.hawser.proxy.jwt;

import dev.hawser.proxy.model.TextMatch;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the claims of a token must say.
 *
 * @param issuer who must have made it; empty takes any
 * @param audiences one of which it must be meant for; none takes any
 * @param subject whom it may speak of
 * @param requireExpiration whether it must end at all
 * @param maxLifetime how much later than now it may end; empty: any time
 * @param skew by how much clocks may differ
 */
public record ClaimRules(
    Optional<String> issuer,
    Set<String> audiences,
    Optional<TextMatch> subject,
    boolean requireExpiration,
    Optional<Duration> maxLifetime,
    Duration skew) {
  /** What Envoy's users are used to. */
  public static final Duration DEFAULT_SKEW = Duration.ofSeconds(60);

  public ClaimRules {
    audiences = Set.copyOf(audiences);
  }

  /** Returns the same rules for other audiences. */
  public ClaimRules withAudiences(Set<String> others) {
    return new ClaimRules(issuer, others, subject, requireExpiration, maxLifetime, skew);
  }

  /** Returns what is wrong with the claims at this moment; nothing if they are in order. */
  public Optional<JwtFailure> check(Jwt jwt, Instant now) {
    if (issuer.isPresent() && !issuer.equals(jwt.issuer())) {
      return Optional.of(JwtFailure.UNKNOWN_ISSUER);
    }
    Optional<JwtFailure> time = checkTimes(jwt, now.getEpochSecond());
    if (time.isPresent()) {
      return time;
    }
    if (subject.isPresent() && !jwt.subject().filter(subject.get()::test).isPresent()) {
      return Optional.of(JwtFailure.SUBJECT_NOT_ALLOWED);
    }
    return audiences.isEmpty() || jwt.audiences().stream().anyMatch(audiences::contains)
        ? Optional.empty()
        : Optional.of(JwtFailure.AUDIENCE_NOT_ALLOWED);
  }

  private Optional<JwtFailure> checkTimes(Jwt jwt, long now) {
    long slack = skew.toSeconds();
    if (isAfter(jwt.notBefore(), now + slack) || isAfter(jwt.issued(), now + slack)) {
      return Optional.of(JwtFailure.NOT_YET_VALID);
    }
    if (jwt.expires().isEmpty()) {
      return requireExpiration || maxLifetime.isPresent()
          ? Optional.of(JwtFailure.NO_EXPIRATION)
          : Optional.empty();
    }
    long expires = jwt.expires().getAsLong();
    if (now > expires + slack) {
      return Optional.of(JwtFailure.EXPIRED);
    }
    return maxLifetime.isPresent() && expires - now > maxLifetime.get().toSeconds() + slack
        ? Optional.of(JwtFailure.LIFETIME_TOO_LONG)
        : Optional.empty();
  }

  private static boolean isAfter(OptionalLong time, long limit) {
    return time.isPresent() && time.getAsLong() > limit;
  }
}
