package dev.hawser.trust.bundle;

import dev.hawser.trust.json.JsonException;
import dev.hawser.trust.json.JsonObject;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.x509.Certificates;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Bundles as JSON. Each trust domain's part is a SPIFFE bundle document, so that other SPIFFE
 * programs can read it; the certificates in {@code x5c} are what we read back.
 */
final class BundleDocument {
  /** Characters: a thousand clusters with two roots each. */
  private static final int MAX_LENGTH = 4 * 1024 * 1024;

  private static final String TRUST_DOMAINS = "trust_domains";
  private static final String REVOKED = "revoked_intermediates";
  private static final String SEQUENCE = "spiffe_sequence";

  private BundleDocument() {}

  static String write(Collection<TrustBundle> bundles, Collection<BigInteger> revoked) {
    JsonObject.Builder domains = JsonObject.builder();
    for (TrustBundle bundle : bundles) {
      domains.put(
          bundle.trustDomain().name(),
          JsonObject.builder()
              .putObjects("keys", bundle.roots().stream().map(BundleDocument::key).toList())
              .put(SEQUENCE, bundle.sequence())
              .build());
    }
    return JsonObject.builder()
        .put(TRUST_DOMAINS, domains.build())
        .putTexts(REVOKED, revoked.stream().map(Certificates::serialHex).toList())
        .build()
        .toString();
  }

  static TrustBundles read(String json) {
    JsonObject document = JsonObject.parse(json, MAX_LENGTH);
    document.allowOnly(Set.of(TRUST_DOMAINS, REVOKED));
    Map<TrustDomain, TrustBundle> bundles = new TreeMap<>();
    JsonObject domains = document.object(TRUST_DOMAINS);
    for (String name : domains.keys()) {
      TrustDomain trustDomain = new TrustDomain(name);
      bundles.put(trustDomain, bundle(trustDomain, domains.object(name)));
    }
    Set<BigInteger> revoked = new TreeSet<>();
    for (String serial : document.texts(REVOKED)) {
      revoked.add(Certificates.serial(serial));
    }
    return new TrustBundles(bundles, revoked);
  }

  private static TrustBundle bundle(TrustDomain trustDomain, JsonObject document) {
    List<X509Certificate> roots = new ArrayList<>();
    for (JsonObject key : document.objects("keys")) {
      // A bundle document of another SPIFFE program also has keys for JWTs.
      if (!key.text("use", "").equals("x509-svid")) {
        continue;
      }
      List<String> chain = key.texts("x5c");
      if (chain.size() != 1) {
        throw new JsonException(
            "bundle of " + trustDomain + ": x5c of " + chain.size() + " (expected: 1)");
      }
      roots.add(Certificates.parse(base64(trustDomain, chain.getFirst())));
    }
    return new TrustBundle(trustDomain, roots, document.number(SEQUENCE));
  }

  private static byte[] base64(TrustDomain trustDomain, String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      JsonException problem = new JsonException("bundle of " + trustDomain + ": x5c is not base64");
      problem.initCause(e);
      throw problem;
    }
  }

  private static JsonObject key(X509Certificate root) {
    JsonObject.Builder key = JsonObject.builder().put("use", "x509-svid");
    keyParameters(root.getPublicKey(), key);
    return key.putTexts("x5c", List.of(Base64.getEncoder().encodeToString(Certificates.der(root))))
        .build();
  }

  /** The public key as RFC 7518 section 6 has it. */
  private static void keyParameters(PublicKey publicKey, JsonObject.Builder key) {
    switch (publicKey) {
      case ECPublicKey ec -> {
        int bits = ec.getParams().getCurve().getField().getFieldSize();
        key.put("kty", "EC")
            .put("crv", "P-" + bits)
            .put("x", base64Url(ec.getW().getAffineX(), (bits + 7) / 8))
            .put("y", base64Url(ec.getW().getAffineY(), (bits + 7) / 8));
      }
      case RSAPublicKey rsa ->
          key.put("kty", "RSA")
              .put("n", base64Url(rsa.getModulus(), octets(rsa.getModulus())))
              .put("e", base64Url(rsa.getPublicExponent(), octets(rsa.getPublicExponent())));
      default ->
          throw new IllegalArgumentException(
              "root with a key of type " + publicKey.getAlgorithm() + " (expected: EC or RSA)");
    }
  }

  private static int octets(BigInteger value) {
    return (value.bitLength() + 7) / 8;
  }

  private static String base64Url(BigInteger value, int octets) {
    byte[] magnitude = value.toByteArray();
    byte[] fixed = new byte[octets];
    int length = Math.min(magnitude.length, octets);
    System.arraycopy(magnitude, magnitude.length - length, fixed, octets - length, length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(fixed);
  }
}
