package dev.hawser.proxy.jwt;

import dev.hawser.proxy.json.Json;
import dev.hawser.proxy.json.JsonException;
import dev.hawser.proxy.json.JsonReader;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The public keys of an issuer: a JSON Web Key Set (RFC 7517 section 5). Immutable. */
public final class KeySet {
  /** Octets that a key set may have. */
  public static final int MAX_SIZE = 256 * 1024;

  private static final int MAX_KEYS = 256;

  /** Reasons that a message repeats. */
  private static final int REASONS = 3;

  /**
   * A token without a key's id is tried on each that fits, until so much has been spent; its sender
   * shall not choose the cost, nor its issuer.
   */
  private static final int MAX_COST = 8;

  private final List<VerificationKey> keys;
  private final List<String> left;

  private KeySet(List<VerificationKey> keys, List<String> left) {
    this.keys = List.copyOf(keys);
    this.left = List.copyOf(left);
  }

  /**
   * Reads a set, or one key alone. Keys of other kinds or for other purposes are left out, as the
   * RFC has it.
   *
   * @throws IllegalArgumentException if it is no set, if no key of it can be used, or if two of one
   *     kind have one id; says why
   */
  public static KeySet parse(byte[] json) {
    if (json.length > MAX_SIZE) {
      throw new IllegalArgumentException(
          json.length + " octets (expected: at most " + MAX_SIZE + ")");
    }
    List<Json> all;
    try {
      Json.Members whole = JsonReader.readObject(json);
      all = whole.get("keys") instanceof Json.Items items ? items.all() : List.of(whole);
    } catch (JsonException e) {
      throw new IllegalArgumentException("not JSON: " + e.getMessage(), e);
    }
    if (all.size() > MAX_KEYS) {
      throw new IllegalArgumentException(all.size() + " keys (expected: at most " + MAX_KEYS + ")");
    }
    List<VerificationKey> keys = new ArrayList<>();
    List<String> left = new ArrayList<>();
    for (Json one : all) {
      try {
        if (one instanceof Json.Members jwk) {
          keys.add(KeyReader.read(jwk));
        } else {
          left.add("not an object");
        }
      } catch (GeneralSecurityException e) {
        left.add(String.valueOf(e.getMessage()));
      }
    }
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("no key that can be used: " + reasons(left));
    }
    requireDistinct(keys);
    return new KeySet(keys, left);
  }

  /** All of the issuer's keys may be wrong in the same way, and it says how many there are. */
  private static String reasons(List<String> left) {
    int shown = Math.min(left.size(), REASONS);
    int more = left.size() - shown;
    return left.subList(0, shown) + (more == 0 ? "" : " and " + more + " more");
  }

  private static void requireDistinct(List<VerificationKey> keys) {
    Set<String> seen = new HashSet<>();
    for (VerificationKey key : keys) {
      if (key.id() != null && !seen.add(key.kind() + " " + key.id())) {
        throw new IllegalArgumentException("two keys with the kid " + key.id());
      }
    }
  }

  /** Returns how many keys can be used. */
  public int size() {
    return keys.size();
  }

  /** Returns why the others cannot. */
  public List<String> left() {
    return left;
  }

  /** Returns what is wrong with a token's signature; nothing if one of the keys made it. */
  public Optional<JwtFailure> check(CompactToken token) {
    return check(token.algorithm(), token.keyId(), token.signed(), token.signature());
  }

  /**
   * Returns what is wrong with a signature that is in no token.
   *
   * @param algorithm as a token's header would name it
   */
  public Optional<JwtFailure> check(String algorithm, byte[] signed, byte[] signature) {
    Optional<JwsAlgorithm> known = JwsAlgorithm.ofToken(algorithm);
    return known.isEmpty()
        ? Optional.of(JwtFailure.ALGORITHM_NOT_SUPPORTED)
        : check(known.get(), Optional.empty(), signed, signature);
  }

  private Optional<JwtFailure> check(
      JwsAlgorithm algorithm, Optional<String> keyId, byte[] signed, byte[] signature) {
    int cost = 0;
    for (VerificationKey key : keys) {
      if (!key.matches(keyId.orElse(null), algorithm)) {
        continue;
      }
      if (key.verifies(algorithm, signed, signature)) {
        return Optional.empty();
      }
      cost += key.cost();
      if (cost >= MAX_COST) {
        break;
      }
    }
    return Optional.of(cost == 0 ? JwtFailure.NO_MATCHING_KEY : JwtFailure.VERIFICATION_FAILED);
  }
}
