package dev.hawser.trust.token;

import dev.hawser.trust.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;

/**
 * What the issuer keeps of a token: never the secret, only a salted digest of it.
 *
 * @param id the token's
 * @param kind what it is good for
 * @param subject whom it is for; empty: anybody who holds it
 * @param grant what it grants, in the issuer's own words; opaque here
 * @param salt 32 hexadecimal digits
 * @param hash HMAC-SHA256 of the secret under the salt, 64 hexadecimal digits
 * @param created when it was issued
 * @param expires until when it can be redeemed
 * @param used when it was redeemed
 * @param usedBy who said to redeem it; empty unless used
 * @param usedKey digest of the key that it gave a certificate to; empty unless used, and where it
 *     gave none
 * @param revoked when it was withdrawn
 * @param attempts genuine redemptions that came after the first, counted up to 1000
 */
public record TokenRecord(
    String id,
    TokenKind kind,
    String subject,
    String grant,
    String salt,
    String hash,
    Instant created,
    Instant expires,
    Optional<Instant> used,
    String usedBy,
    String usedKey,
    Optional<Instant> revoked,
    int attempts) {
  /** Characters of a grant. */
  public static final int MAX_GRANT = 16 * 1024;

  private static final int MAX_JSON = 8 * MAX_GRANT;
  private static final Set<String> KEYS =
      Set.of(
          "id",
          "kind",
          "subject",
          "grant",
          "salt",
          "hash",
          "created",
          "expires",
          "used",
          "usedBy",
          "usedKey",
          "revoked",
          "attempts");

  /** Returns where the token stands. */
  public TokenState state(Instant now) {
    if (used.isPresent()) {
      return TokenState.USED;
    }
    if (revoked.isPresent()) {
      return TokenState.REVOKED;
    }
    return now.isBefore(expires) ? TokenState.OPEN : TokenState.EXPIRED;
  }

  /** Returns the record as one line of JSON, for a store. */
  public String toJson() {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("id", id)
            .put("kind", kind.name())
            .put("subject", subject)
            .put("grant", grant)
            .put("salt", salt)
            .put("hash", hash)
            .put("created", created.toEpochMilli())
            .put("expires", expires.toEpochMilli());
    used.ifPresent(at -> json.put("used", at.toEpochMilli()).put("usedBy", usedBy));
    if (!usedKey.isEmpty()) {
      json.put("usedKey", usedKey);
    }
    revoked.ifPresent(at -> json.put("revoked", at.toEpochMilli()));
    return json.put("attempts", attempts).build().toString();
  }

  /**
   * Reads what {@link #toJson()} wrote.
   *
   * @throws IllegalArgumentException if it is not that
   */
  public static TokenRecord fromJson(String json) {
    JsonObject record = JsonObject.parse(json, MAX_JSON);
    record.allowOnly(KEYS);
    return new TokenRecord(
        record.text("id"),
        TokenFields.kind(record.text("kind")),
        record.text("subject"),
        record.text("grant"),
        record.text("salt"),
        record.text("hash"),
        Instant.ofEpochMilli(record.number("created")),
        Instant.ofEpochMilli(record.number("expires")),
        instant(record, "used"),
        record.text("usedBy", ""),
        record.text("usedKey", ""),
        instant(record, "revoked"),
        Math.toIntExact(record.number("attempts")));
  }

  TokenRecord usedAt(Instant at, String by, String key) {
    return new TokenRecord(
        id,
        kind,
        subject,
        grant,
        salt,
        hash,
        created,
        expires,
        Optional.of(stored(at)),
        by,
        key,
        revoked,
        attempts);
  }

  TokenRecord revokedAt(Instant at) {
    return new TokenRecord(
        id,
        kind,
        subject,
        grant,
        salt,
        hash,
        created,
        expires,
        used,
        usedBy,
        usedKey,
        Optional.of(stored(at)),
        attempts);
  }

  TokenRecord attemptedAgain() {
    return new TokenRecord(
        id,
        kind,
        subject,
        grant,
        salt,
        hash,
        created,
        expires,
        used,
        usedBy,
        usedKey,
        revoked,
        attempts + 1);
  }

  /** Returns everything but salt and hash. */
  @Override
  public String toString() {
    return "TokenRecord["
        + kind
        + " id="
        + id
        + " for="
        + subject
        + " expires="
        + expires
        + " used="
        + used
        + " revoked="
        + revoked
        + " attempts="
        + attempts
        + "]";
  }

  /** As precise as the JSON, so that a record equals itself after it was stored. */
  private static Instant stored(Instant at) {
    return at.truncatedTo(ChronoUnit.MILLIS);
  }

  private static Optional<Instant> instant(JsonObject record, String key) {
    return record.has(key)
        ? Optional.of(Instant.ofEpochMilli(record.number(key)))
        : Optional.empty();
  }
}
