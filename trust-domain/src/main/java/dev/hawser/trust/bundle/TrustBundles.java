package dev.hawser.trust.bundle;

import dev.hawser.trust.json.JsonException;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.x509.Certificates;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Everything that a process trusts at one moment: a bundle for each trust domain, never pooled, and
 * the serial numbers of revoked intermediates. Immutable; a change is a new value with another
 * {@link #digest()}.
 */
public final class TrustBundles {
  private static final TrustBundles EMPTY = new TrustBundles(Map.of(), Set.of());

  private final SortedMap<TrustDomain, TrustBundle> bundles;
  private final SortedSet<BigInteger> revokedIntermediates;
  private final String json;
  private final String digest;

  /**
   * Makes a value of these parts.
   *
   * @throws IllegalArgumentException if a bundle is filed under another trust domain than its own
   */
  public TrustBundles(Map<TrustDomain, TrustBundle> bundles, Set<BigInteger> revokedIntermediates) {
    bundles.forEach((trustDomain, bundle) -> {
      if (!bundle.trustDomain().equals(trustDomain)) {
        throw new IllegalArgumentException(
            "bundles: the bundle of " + bundle.trustDomain() + " under " + trustDomain);
      }
    });
    this.bundles = Collections.unmodifiableSortedMap(new TreeMap<>(bundles));
    this.revokedIntermediates =
        Collections.unmodifiableSortedSet(new TreeSet<>(revokedIntermediates));
    this.json = BundleDocument.write(this.bundles.values(), this.revokedIntermediates);
    this.digest =
        HexFormat.of().formatHex(Certificates.sha256(json.getBytes(StandardCharsets.UTF_8)));
  }

  /** Returns the value that trusts nobody. */
  public static TrustBundles empty() {
    return EMPTY;
  }

  /**
   * Returns bundles with nothing revoked.
   *
   * @throws IllegalArgumentException if two are of the same trust domain
   */
  public static TrustBundles of(TrustBundle... bundles) {
    Map<TrustDomain, TrustBundle> map = new TreeMap<>();
    for (TrustBundle bundle : bundles) {
      if (map.put(bundle.trustDomain(), bundle) != null) {
        throw new IllegalArgumentException("bundles: two of " + bundle.trustDomain());
      }
    }
    return new TrustBundles(map, Set.of());
  }

  /**
   * Reads what {@link #toJson()} wrote.
   *
   * @throws JsonException if the text is not that
   * @throws IllegalArgumentException if its certificates or names are not valid
   */
  public static TrustBundles fromJson(String json) {
    return BundleDocument.read(json);
  }

  /** Returns the bundles by trust domain, in order of name. */
  public SortedMap<TrustDomain, TrustBundle> bundles() {
    return bundles;
  }

  /** Returns the serial numbers of intermediates that are no longer believed, in order. */
  public SortedSet<BigInteger> revokedIntermediates() {
    return revokedIntermediates;
  }

  /** Returns the bundle of a trust domain, if it is trusted at all. */
  public Optional<TrustBundle> find(TrustDomain trustDomain) {
    return Optional.ofNullable(bundles.get(trustDomain));
  }

  /** Returns these with one bundle added or replaced. */
  public TrustBundles with(TrustBundle bundle) {
    Map<TrustDomain, TrustBundle> map = new TreeMap<>(bundles);
    map.put(bundle.trustDomain(), bundle);
    return new TrustBundles(map, revokedIntermediates);
  }

  /** Returns these without a trust domain: its certificates are refused from then on. */
  public TrustBundles without(TrustDomain trustDomain) {
    Map<TrustDomain, TrustBundle> map = new TreeMap<>(bundles);
    map.remove(trustDomain);
    return new TrustBundles(map, revokedIntermediates);
  }

  /** Returns these with another set of revoked intermediates. */
  public TrustBundles withRevoked(Set<BigInteger> serials) {
    return new TrustBundles(bundles, serials);
  }

  /** Returns the SHA-256 digest of {@link #toJson()}, 64 lower-case hexadecimal digits. */
  public String digest() {
    return digest;
  }

  /**
   * Returns the canonical JSON: a SPIFFE bundle document (a JWK set whose keys carry {@code x5c},
   * SPIFFE Trust Domain and Bundle section 4) for each trust domain, and the revoked serial
   * numbers.
   */
  public String toJson() {
    return json;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TrustBundles that && json.equals(that.json);
  }

  @Override
  public int hashCode() {
    return json.hashCode();
  }

  /** Returns the names and the digest's beginning, for the log. */
  @Override
  public String toString() {
    return "TrustBundles"
        + Arrays.toString(bundles.keySet().toArray())
        + " revoked="
        + revokedIntermediates.size()
        + " digest="
        + digest.substring(0, 12);
  }
}
