package dev.hawser.trust.token;

import dev.hawser.trust.token.Redemption.Accepted;
import dev.hawser.trust.token.Redemption.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Issues join tokens and redeems each one once. Holds no state: the store does, so replicas of a
 * control plane share one ledger. Safe for any thread; blocks as long as the store does.
 */
public final class TokenLedger {
  /** How long a token can be redeemed unless said otherwise. */
  public static final Duration DEFAULT_TTL = Duration.ofMinutes(15);

  /** How long a token can be redeemed at most. */
  public static final Duration MAX_TTL = Duration.ofHours(24);

  /** How long a record is kept after its token ended: a late second use must still be noticed. */
  public static final Duration KEPT = Duration.ofDays(7);

  private static final Logger LOG = LoggerFactory.getLogger(TokenLedger.class);
  private static final int MAX_CLAIMANT = 253;

  /** A spent token that somebody sends in a loop must not make the store write for ever. */
  private static final int COUNTED_ATTEMPTS = 1000;

  private final TokenStore store;
  private final Supplier<TokenIssuer> issuer;
  private final InstantSource clock;
  private final TokenAlarm alarm;

  /**
   * Makes a ledger.
   *
   * @param store where records survive
   * @param issuer this cluster as of now; read for each token
   * @param clock the wall clock
   * @param alarm hears of second uses
   */
  public TokenLedger(
      TokenStore store, Supplier<TokenIssuer> issuer, InstantSource clock, TokenAlarm alarm) {
    this.store = store;
    this.issuer = issuer;
    this.clock = clock;
    this.alarm = alarm;
  }

  /**
   * Issues a token; the secret exists in the returned value only.
   *
   * @param kind what it is good for
   * @param subject the cluster that may use it, or whom it names; empty: any
   * @param grant what it grants, opaque; at most {@link TokenRecord#MAX_GRANT} characters
   * @param ttl one second to {@link #MAX_TTL}
   * @throws IllegalArgumentException if one of them is not acceptable
   */
  public JoinToken issue(TokenKind kind, String subject, String grant, Duration ttl) {
    if (ttl.compareTo(Duration.ofSeconds(1)) < 0 || ttl.compareTo(MAX_TTL) > 0) {
      throw new IllegalArgumentException(
          "token life: " + ttl + " (expected: PT1S to " + MAX_TTL + ")");
    }
    if (grant.length() > TokenRecord.MAX_GRANT) {
      throw new IllegalArgumentException(
          "token grant: "
              + grant.length()
              + " characters (expected: at most "
              + TokenRecord.MAX_GRANT
              + ")");
    }
    TokenIssuer self = issuer.get();
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    JoinToken token =
        new JoinToken(
            kind,
            TokenSecrets.newId(),
            TokenSecrets.newSecret(),
            self.cluster(),
            self.meshDomain(),
            self.controlPlane(),
            self.gateways(),
            self.pin(),
            now.plus(ttl).truncatedTo(ChronoUnit.SECONDS),
            subject);
    TokenRecord record = recordOf(token, grant, now);
    if (!store.compareAndUpdate(token.id(), null, record)) {
      throw new IllegalStateException("token id " + token.id() + ": it is already in the store");
    }
    LOG.info(
        "Token issued: id={} kind={} subject={} expires={}",
        token.id(),
        kind,
        subject,
        token.expires());
    return token;
  }

  /**
   * Says what {@link #redeem} would, and changes nothing.
   *
   * @param text the token as presented
   * @param kind what it is presented for
   * @param claimant who presents it: for {@link TokenKind#CLUSTER} the joining cluster's name
   */
  public Redemption check(String text, TokenKind kind, String claimant) {
    return judge(text, kind, claimant, "");
  }

  /**
   * The same for a claimant that shows a key.
   *
   * @param key digest of the key that the token shall give a certificate to
   */
  public Redemption check(String text, TokenKind kind, String claimant, String key) {
    return judge(text, kind, claimant, key);
  }

  /**
   * Redeems a token: of any number of callers at once, on any number of replicas, one gets {@link
   * Accepted}.
   *
   * @param text the token as presented
   * @param kind what it is presented for
   * @param claimant who presents it: for {@link TokenKind#CLUSTER} the joining cluster's name,
   *     which a bound token must name; else whatever tells an operator who that was
   */
  public Redemption redeem(String text, TokenKind kind, String claimant) {
    return redeem(text, kind, claimant, "");
  }

  /**
   * The same for a claimant that shows a key. An answer can be lost on its way: until the token
   * would have expired, the key that redeemed it is accepted again, and only that one.
   *
   * @param key digest of the key whose possession was proved; empty: none
   */
  public Redemption redeem(String text, TokenKind kind, String claimant, String key) {
    while (true) {
      Redemption judged = judge(text, kind, claimant, key);
      if (judged instanceof Accepted(TokenRecord open)) {
        if (open.used().isPresent()) {
          LOG.info("Token answered again: id={} kind={} by={}", open.id(), kind, open.usedBy());
          return judged;
        }
        TokenRecord used = open.usedAt(clock.instant(), shortened(claimant), key);
        if (store.compareAndUpdate(open.id(), open, used)) {
          LOG.info("Token redeemed: id={} kind={} by={}", used.id(), kind, used.usedBy());
          return new Accepted(used);
        }
        // Somebody else changed the record meanwhile: judge it again as it is now.
        continue;
      }
      if (judged instanceof Refused refused && refused.reason() == TokenRefusal.USED) {
        countAttempt(JoinToken.parse(text).id(), claimant);
      }
      return judged;
    }
  }

  /**
   * Withdraws a token.
   *
   * @return whether it was open until now
   */
  public boolean revoke(String id) {
    while (true) {
      Optional<TokenRecord> record = store.find(id);
      if (record.isEmpty() || record.get().state(clock.instant()) != TokenState.OPEN) {
        return false;
      }
      if (store.compareAndUpdate(id, record.get(), record.get().revokedAt(clock.instant()))) {
        LOG.info("Token revoked: id={}", id);
        return true;
      }
    }
  }

  /** Returns every record, the newest first. */
  public List<TokenRecord> list() {
    return store.list().stream()
        .sorted(Comparator.comparing(TokenRecord::created).reversed())
        .toList();
  }

  /**
   * Deletes records of tokens that ended more than {@link #KEPT} ago.
   *
   * @return how many
   */
  public int prune() {
    Instant limit = clock.instant().minus(KEPT);
    int pruned = 0;
    for (TokenRecord record : store.list()) {
      if (record.expires().isBefore(limit) && store.compareAndUpdate(record.id(), record, null)) {
        pruned++;
      }
    }
    return pruned;
  }

  /**
   * Judges a token without changing anything. Whatever the text says beside id and secret was not
   * authenticated; the record decides.
   */
  private Redemption judge(String text, TokenKind kind, String claimant, String key) {
    JoinToken token;
    try {
      token = JoinToken.parse(text);
    } catch (JoinTokenException e) {
      return new Refused(TokenRefusal.MALFORMED, String.valueOf(e.getMessage()));
    }
    TokenIssuer self = issuer.get();
    if (!token.trustDomain().equals(self.trustDomain())) {
      return new Refused(
          TokenRefusal.OTHER_ISSUER,
          "The token was made by " + token.trustDomain() + "; this is " + self.trustDomain() + ".");
    }
    TokenRecord record = store.find(token.id()).orElse(null);
    if (record == null || !TokenSecrets.fits(token.secret(), record)) {
      // One answer for both: a stranger does not learn which ids exist, and causes no write.
      return new Refused(
          TokenRefusal.UNKNOWN, "Token " + token.id() + " is not one that this cluster made.");
    }
    return judgeGenuine(record, kind, claimant, key);
  }

  private Redemption judgeGenuine(TokenRecord record, TokenKind kind, String claimant, String key) {
    Instant now = clock.instant();
    boolean sameKey = !key.isEmpty() && key.equals(record.usedKey());
    if (sameKey && record.revoked().isEmpty() && now.isBefore(record.expires())) {
      return judgeOpen(record, kind, claimant);
    }
    return switch (record.state(now)) {
      case USED ->
          new Refused(
              TokenRefusal.USED,
              "Token "
                  + record.id()
                  + " was used at "
                  + record.used().orElse(now)
                  + " by '"
                  + record.usedBy()
                  + "'.");
      case REVOKED -> new Refused(TokenRefusal.REVOKED, "Token " + record.id() + " was revoked.");
      case EXPIRED ->
          new Refused(
              TokenRefusal.EXPIRED,
              "Token " + record.id() + " expired at " + record.expires() + "; it is " + now + ".");
      case OPEN -> judgeOpen(record, kind, claimant);
    };
  }

  private static Redemption judgeOpen(TokenRecord record, TokenKind kind, String claimant) {
    if (record.kind() != kind) {
      return new Refused(
          TokenRefusal.WRONG_KIND,
          "Token " + record.id() + " is for " + record.kind() + ", and was used for " + kind + ".");
    }
    boolean bound = kind == TokenKind.CLUSTER && !record.subject().isEmpty();
    if (bound && !record.subject().equals(claimant)) {
      return new Refused(
          TokenRefusal.WRONG_SUBJECT,
          "Token "
              + record.id()
              + " is for the cluster '"
              + record.subject()
              + "', not for '"
              + shortened(claimant)
              + "'.");
    }
    return new Accepted(record);
  }

  private void countAttempt(String id, String claimant) {
    while (true) {
      Optional<TokenRecord> record = store.find(id);
      if (record.isEmpty()) {
        return;
      }
      TokenRecord counted = record.get();
      if (counted.attempts() < COUNTED_ATTEMPTS) {
        counted = counted.attemptedAgain();
        if (!store.compareAndUpdate(id, record.get(), counted)) {
          continue;
        }
      }
      LOG.warn(
          "Token used again: id={} first_by={} now_by={} attempts={}",
          id,
          counted.usedBy(),
          shortened(claimant),
          counted.attempts());
      alarm.usedAgain(counted, shortened(claimant));
      return;
    }
  }

  /** A stranger's word about itself goes into logs and lists: printable and bounded. */
  private static String shortened(String claimant) {
    String printable = claimant.replaceAll("[^ -~]", "?");
    return printable.length() <= MAX_CLAIMANT ? printable : printable.substring(0, MAX_CLAIMANT);
  }

  private static TokenRecord recordOf(JoinToken token, String grant, Instant created) {
    String salt = TokenSecrets.newSalt();
    return new TokenRecord(
        token.id(),
        token.kind(),
        token.subject(),
        grant,
        salt,
        TokenSecrets.hash(salt, token.secret()),
        created,
        token.expires(),
        Optional.empty(),
        "",
        "",
        Optional.empty(),
        0);
  }
}
