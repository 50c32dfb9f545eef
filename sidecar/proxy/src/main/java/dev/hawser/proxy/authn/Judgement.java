package dev.hawser.proxy.authn;

import dev.hawser.proxy.jwt.Jwt;
import dev.hawser.proxy.jwt.JwtFailure;
import dev.hawser.proxy.jwt.KeySet;
import dev.hawser.proxy.model.JwtConfig.Requirement;
import dev.hawser.proxy.worker.Worker;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges one request by one requirement, with the keys of this moment. Nothing is altered: what was
 * found good is told afterwards, and only once.
 */
final class Judgement {
  private final Map<String, Provider> providers;
  private final Worker worker;
  private final Http2Headers request;
  private final Instant at;
  private final List<Good> good = new ArrayList<>(1);
  private @Nullable Lacking lacking;

  /** A token that was found good. */
  record Good(Provider provider, Jwt jwt, TokenFinder.Found found) {}

  /**
   * A provider that may have to fetch new keys.
   *
   * @param seen those that a token was checked with in vain; null if there were none
   */
  record Lacking(Provider provider, @Nullable KeySet seen) {
    boolean isWorthAWait(Worker worker) {
      return provider.keys().isWorthAWait(worker, seen);
    }

    void await(Worker worker, Runnable then) {
      provider.keys().await(worker, then);
    }
  }

  /**
   * Makes one.
   *
   * @param at when tokens must be in force
   */
  Judgement(Map<String, Provider> providers, Worker worker, Http2Headers request, Instant at) {
    this.providers = providers;
    this.worker = worker;
    this.request = request;
    this.at = at;
  }

  /** Returns the tokens that were found good. */
  List<Good> good() {
    return good;
  }

  /** Returns the last whose key a token names that is not there; null if there is none. */
  @Nullable Lacking lacking() {
    return lacking;
  }

  /** Returns what is wrong, or null if the request has what it needs. */
  @Nullable JwtFailure judge(Requirement requirement) {
    return switch (requirement) {
      case Requirement.Nothing _ -> null;
      case Requirement.Of of -> one(of);
      case Requirement.AllOf(List<Requirement> all) -> all(all);
      case Requirement.AnyOf(List<Requirement> all) -> any(all);
      case Requirement.MayMiss _ -> {
        JwtFailure failure = everyToken(false);
        yield failure == JwtFailure.MISSING ? null : failure;
      }
      case Requirement.MayFail _ -> {
        var _ = everyToken(true);
        yield null;
      }
    };
  }

  private @Nullable JwtFailure all(List<Requirement> all) {
    for (Requirement one : all) {
      JwtFailure failure = judge(one);
      if (failure != null) {
        return failure;
      }
    }
    return null;
  }

  /** A token that is there and wrong says more than one that is missing or of somebody else. */
  private @Nullable JwtFailure any(List<Requirement> all) {
    JwtFailure last = JwtFailure.MISSING;
    boolean mayMiss = false;
    boolean mayFail = false;
    boolean alone = true;
    for (Requirement one : all) {
      if (one instanceof Requirement.MayMiss) {
        mayMiss = true;
      } else if (one instanceof Requirement.MayFail) {
        mayFail = true;
      } else {
        alone = false;
        JwtFailure failure = judge(one);
        if (failure == null) {
          return null;
        }
        boolean plain = failure == JwtFailure.MISSING || failure == JwtFailure.UNKNOWN_ISSUER;
        if (!plain || last == JwtFailure.MISSING) {
          last = failure;
        }
      }
    }
    if (alone && (mayFail || mayMiss)) {
      return judge(mayFail ? new Requirement.MayFail() : new Requirement.MayMiss());
    }
    return mayFail || (mayMiss && last == JwtFailure.MISSING) ? null : last;
  }

  /** If there are several tokens, all must be good: the application may look at any of them. */
  private @Nullable JwtFailure one(Requirement.Of of) {
    Provider provider = providers.get(of.provider());
    if (provider == null) {
      return JwtFailure.UNKNOWN_ISSUER;
    }
    List<TokenFinder.Found> found = TokenFinder.find(provider.config(), request);
    if (found.isEmpty()) {
      return JwtFailure.MISSING;
    }
    for (TokenFinder.Found token : found) {
      JwtFailure failure = check(provider, token, of.audiences().orElse(null));
      if (failure != null) {
        return failure;
      }
    }
    return null;
  }

  /** Looks at all tokens at any provider's place, each by the provider that issued it. */
  private @Nullable JwtFailure everyToken(boolean goOn) {
    JwtFailure result = JwtFailure.MISSING;
    Set<TokenFinder.Found> seen = new HashSet<>();
    for (Provider place : providers.values()) {
      for (TokenFinder.Found token : TokenFinder.find(place.config(), request)) {
        if (!seen.add(token)) {
          continue;
        }
        JwtFailure failure = byIssuer(token);
        if (failure != null && !goOn) {
          return failure;
        }
        result = null;
      }
    }
    return result;
  }

  private @Nullable JwtFailure byIssuer(TokenFinder.Found token) {
    for (Provider provider : providers.values()) {
      if (provider.issued(token.token())
          && TokenFinder.find(provider.config(), request).contains(token)) {
        return check(provider, token, null);
      }
    }
    return JwtFailure.UNKNOWN_ISSUER;
  }

  private @Nullable JwtFailure check(
      Provider provider, TokenFinder.Found token, @Nullable Set<String> audiences) {
    return switch (provider.check(worker, token.token(), at, audiences)) {
      case Provider.Check.Good(Jwt jwt) -> {
        good.add(new Good(provider, jwt, token));
        yield null;
      }
      case Provider.Check.Bad(JwtFailure failure, KeySet seen) -> {
        if (failure == JwtFailure.NO_MATCHING_KEY || failure == JwtFailure.KEYS_NOT_FETCHED) {
          lacking = new Lacking(provider, seen);
        }
        yield failure;
      }
    };
  }
}
