package dev.hawser.trust.testing;

import static org.bouncycastle.asn1.x509.GeneralName.dNSName;
import static org.bouncycastle.asn1.x509.GeneralName.directoryName;
import static org.bouncycastle.asn1.x509.GeneralName.iPAddress;
import static org.bouncycastle.asn1.x509.GeneralName.rfc822Name;
import static org.bouncycastle.asn1.x509.GeneralName.uniformResourceIdentifier;

import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.testing.Forgery.Forged;
import dev.hawser.trust.verify.Reason;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.jspecify.annotations.Nullable;

/**
 * Chains that every part of the mesh must refuse, each made with the federation's real keys and
 * wrong in one way, and the rule that it breaks.
 */
public enum BadChain {
  LEAF_WITHOUT_NAMES(
      Reason.NO_SPIFFE_ID, (a, id) -> forge(a, id).leaf(c -> c.subject("CN=x").noNames())),
  LEAF_WITH_DNS_ONLY(
      Reason.NO_SPIFFE_ID, (a, id) -> forge(a, id).leaf(c -> c.noNames().dns("orders.shop"))),
  LEAF_WITH_URI_IN_COMMON_NAME_ONLY(
      Reason.NO_SPIFFE_ID, (a, id) -> forge(a, id).leaf(c -> c.noNames().subject("CN=" + id))),
  LEAF_WITH_TWO_URIS(
      Reason.SEVERAL_SPIFFE_IDS,
      (a, id) -> forge(a, id).leaf(c -> c.uri("spiffe://west.mesh.internal/ns/shop/sa/orders"))),
  LEAF_WITH_URI_TWICE(
      Reason.SEVERAL_SPIFFE_IDS, (a, id) -> forge(a, id).leaf(c -> c.uri(id.toString()))),
  LEAF_WITH_URI_AND_DNS(
      Reason.UNEXPECTED_NAME, (a, id) -> forge(a, id).leaf(c -> c.dns("orders.shop"))),
  LEAF_WITH_URI_AND_IP(
      Reason.UNEXPECTED_NAME, (a, id) -> forge(a, id).leaf(c -> c.name(iPAddress, "10.0.0.1"))),
  LEAF_WITH_URI_AND_EMAIL(
      Reason.UNEXPECTED_NAME, (a, id) -> forge(a, id).leaf(c -> c.name(rfc822Name, "a@b.example"))),
  LEAF_WITH_URI_AND_DIRECTORY_NAME(
      Reason.UNEXPECTED_NAME, (a, id) -> forge(a, id).leaf(c -> c.name(directoryName, "CN=a"))),
  LEAF_WITH_HTTPS_URI(
      Reason.INVALID_SPIFFE_ID, uri("https://east.mesh.internal/ns/shop/sa/orders")),
  LEAF_WITH_UPPER_CASE_DOMAIN(
      Reason.INVALID_SPIFFE_ID, uri("spiffe://EAST.mesh.internal/ns/shop/sa/orders")),
  LEAF_WITH_UNDERSCORE_DOMAIN(
      Reason.INVALID_SPIFFE_ID, uri("spiffe://east_1.mesh.internal/ns/shop/sa/orders")),
  LEAF_WITH_PORT(
      Reason.INVALID_SPIFFE_ID, uri("spiffe://east.mesh.internal:443/ns/shop/sa/orders")),
  LEAF_WITH_USER_INFO(
      Reason.INVALID_SPIFFE_ID,
      uri("spiffe://west.mesh.internal@east.mesh.internal/ns/shop/sa/orders")),
  LEAF_WITH_PERCENT(
      Reason.INVALID_SPIFFE_ID, uri("spiffe://east.mesh.internal/ns/shop/sa/orders%2f")),
  LEAF_WITH_NUL(
      Reason.INVALID_SPIFFE_ID, uri("spiffe://east.mesh.internal/ns/shop/sa/orders\0.evil")),
  LEAF_WITH_QUERY(
      Reason.INVALID_SPIFFE_ID, uri("spiffe://east.mesh.internal/ns/shop/sa/orders?a=b")),
  LEAF_WITH_DOT_SEGMENT(
      Reason.INVALID_SPIFFE_ID, uri("spiffe://east.mesh.internal/ns/shop/../sa/orders")),
  LEAF_WITH_TRAILING_SLASH(
      Reason.INVALID_SPIFFE_ID, uri("spiffe://east.mesh.internal/ns/shop/sa/orders/")),
  LEAF_WITH_2049_OCTETS(
      Reason.INVALID_SPIFFE_ID,
      uri(
          "spiffe://east.mesh.internal/"
              + "a".repeat(2049 - "spiffe://east.mesh.internal/".length()))),
  LEAF_WITHOUT_PATH(Reason.ID_WITHOUT_PATH, uri("spiffe://east.mesh.internal")),
  LEAF_OF_STRANGE_DOMAIN(
      Reason.UNKNOWN_TRUST_DOMAIN, uri("spiffe://north.mesh.internal/ns/shop/sa/orders")),

  LEAF_IS_AUTHORITY(Reason.LEAF_IS_AUTHORITY, (a, id) -> forge(a, id).leaf(c -> c.authority(0))),
  LEAF_WITHOUT_KEY_USAGE(Reason.LEAF_KEY_USAGE, (a, id) -> forge(a, id).leaf(c -> c.keyUsage(0))),
  LEAF_FOR_ENCIPHERMENT_ONLY(
      Reason.LEAF_KEY_USAGE,
      (a, id) -> forge(a, id).leaf(c -> c.keyUsage(KeyUsage.keyEncipherment))),
  LEAF_THAT_SIGNS_CERTIFICATES(
      Reason.LEAF_KEY_USAGE,
      (a, id) ->
          forge(a, id).leaf(c -> c.keyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign))),
  LEAF_THAT_SIGNS_CRLS(
      Reason.LEAF_KEY_USAGE,
      (a, id) -> forge(a, id).leaf(c -> c.keyUsage(KeyUsage.digitalSignature | KeyUsage.cRLSign))),
  LEAF_WITHOUT_PURPOSE(Reason.LEAF_PURPOSE, (a, id) -> forge(a, id).leaf(c -> c.purposes())),
  LEAF_FOR_CODE_SIGNING(
      Reason.LEAF_PURPOSE,
      (a, id) -> forge(a, id).leaf(c -> c.purposes(KeyPurposeId.id_kp_codeSigning))),
  LEAF_FOR_ANY_PURPOSE(
      Reason.LEAF_PURPOSE,
      (a, id) -> forge(a, id).leaf(c -> c.purposes(KeyPurposeId.anyExtendedKeyUsage))),
  LEAF_WITH_UNKNOWN_CRITICAL_EXTENSION(
      Reason.UNKNOWN_CRITICAL_EXTENSION,
      (a, id) -> forge(a, id).leaf(c -> c.unknownCriticalExtension("1.3.6.1.4.1.99999.1"))),
  LEAF_SIGNED_WITH_SHA1(
      Reason.WEAK_ALGORITHM,
      (a, id) -> forge(a, id).leaf(c -> c.signatureAlgorithm("SHA1withECDSA"))),
  LEAF_WITH_RSA_KEY(Reason.WEAK_ALGORITHM, (a, id) -> forge(a, id).leaf(c -> c.keys(rsa(2048)))),
  LEAF_EXPIRED(
      Reason.EXPIRED, (a, id) -> forge(a, id).leaf(c -> c.validity(ago(a, 48), ago(a, 1)))),
  LEAF_NOT_YET_VALID(
      Reason.NOT_YET_VALID, (a, id) -> forge(a, id).leaf(c -> c.validity(ago(a, -1), ago(a, -24)))),

  NO_INTERMEDIATE(Reason.INTERMEDIATE_MISSING, (a, id) -> forge(a, id).withoutIntermediate()),
  UNDER_THE_ROOT(Reason.ISSUED_BY_ROOT, (a, id) -> forge(a, id).underRoot()),
  FOLLOWED_BY_ANOTHER_INTERMEDIATE(
      Reason.CHAIN_BROKEN,
      (a, id) -> forge(a, id).withoutIntermediate().append(a.cluster("east").intermediate())),
  TOO_LONG(
      Reason.CHAIN_TOO_LONG,
      (a, id) -> forge(a, id).append(a.root().certificate()).append(a.root().certificate())),
  FOLLOWED_BY_A_STRANGE_ROOT(
      Reason.UNKNOWN_ROOT,
      (a, id) -> forge(a, id).append(TestAuthority.create(a.clock()).root().certificate())),
  LEAF_SIGNED_BY_ANOTHER_KEY(
      Reason.BAD_SIGNATURE,
      (a, id) -> forge(a, id).leaf(c -> c.signedBy(KeyMaterial.generate().getPrivate()))),
  INTERMEDIATE_SIGNED_BY_ANOTHER_KEY(
      Reason.BAD_SIGNATURE,
      (a, id) -> forge(a, id).intermediate(c -> c.signedBy(KeyMaterial.generate().getPrivate()))),
  INTERMEDIATE_OF_A_STRANGE_ROOT(
      Reason.UNKNOWN_ROOT, (a, id) -> forge(TestAuthority.create(a.clock()), id)),

  INTERMEDIATE_NOT_AUTHORITY(
      Reason.ISSUER_NOT_AUTHORITY,
      (a, id) -> forge(a, id).intermediate(c -> c.noBasicConstraints())),
  INTERMEDIATE_WITHOUT_KEY_USAGE(
      Reason.ISSUER_KEY_USAGE, (a, id) -> forge(a, id).intermediate(c -> c.keyUsage(0))),
  INTERMEDIATE_FOR_SIGNATURES_ONLY(
      Reason.ISSUER_KEY_USAGE,
      (a, id) -> forge(a, id).intermediate(c -> c.keyUsage(KeyUsage.digitalSignature))),
  INTERMEDIATE_WITHOUT_PATH_LENGTH(
      Reason.ISSUER_PATH_LENGTH, (a, id) -> forge(a, id).intermediate(c -> c.authority(-1))),
  INTERMEDIATE_WITH_PATH_LENGTH_1(
      Reason.ISSUER_PATH_LENGTH, (a, id) -> forge(a, id).intermediate(c -> c.authority(1))),
  INTERMEDIATE_FOR_CODE_SIGNING(
      Reason.ISSUER_PURPOSE,
      (a, id) -> forge(a, id).intermediate(c -> c.purposes(KeyPurposeId.id_kp_codeSigning))),
  INTERMEDIATE_WITH_UNKNOWN_CRITICAL_EXTENSION(
      Reason.UNKNOWN_CRITICAL_EXTENSION,
      (a, id) -> forge(a, id).intermediate(c -> c.unknownCriticalExtension("1.3.6.1.4.1.99999.2"))),
  INTERMEDIATE_WITH_RSA_1024(
      Reason.WEAK_ALGORITHM,
      (a, id) ->
          forge(a, id)
              .intermediate(c -> c.keys(rsa(1024)))
              .leaf(c -> c.signatureAlgorithm("SHA256withRSA"))),
  INTERMEDIATE_EXPIRED(
      Reason.EXPIRED, (a, id) -> forge(a, id).intermediate(c -> c.validity(ago(a, 48), ago(a, 1)))),
  INTERMEDIATE_NOT_YET_VALID(
      Reason.NOT_YET_VALID,
      (a, id) -> forge(a, id).intermediate(c -> c.validity(ago(a, -1), ago(a, -24)))),

  UNCONSTRAINED_INTERMEDIATE(
      Reason.ISSUER_UNCONSTRAINED,
      (a, id) -> forge(a, id).intermediate(c -> c.nameConstraints(null))),
  INTERMEDIATE_CONSTRAINED_FOR_DNS_ONLY(
      Reason.ISSUER_UNCONSTRAINED, constrained(List.of(subtree(dNSName, "shop")), List.of())),
  INTERMEDIATE_WITH_EXCLUSIONS_ONLY(
      Reason.ISSUER_UNCONSTRAINED,
      constrained(List.of(), List.of(subtree(uniformResourceIdentifier, "west.mesh.internal")))),
  INTERMEDIATE_WITH_LAX_CONSTRAINT(
      Reason.ISSUER_CONSTRAINT_NOT_CRITICAL,
      (a, id) -> forge(a, id).intermediate(c -> c.laxConstraints())),
  FOREIGN_CONSTRAINT(Reason.ISSUER_CONSTRAINED_ELSEWHERE, permitting("west.mesh.internal")),
  PARENT_DOMAIN_CONSTRAINT(Reason.ISSUER_CONSTRAINED_ELSEWHERE, permitting("mesh.internal")),
  UPPER_CASE_CONSTRAINT(Reason.ISSUER_CONSTRAINED_ELSEWHERE, permitting("EAST.mesh.internal")),
  SUFFIX_CONSTRAINT(Reason.ISSUER_CONSTRAINT_TOO_WIDE, permitting(".mesh.internal")),
  TWO_CONSTRAINTS(
      Reason.ISSUER_CONSTRAINT_TOO_WIDE, permitting("east.mesh.internal", "west.mesh.internal")),
  SAME_CONSTRAINT_TWICE(
      Reason.ISSUER_CONSTRAINT_TOO_WIDE, permitting("east.mesh.internal", "east.mesh.internal")),
  URI_AND_DNS_CONSTRAINT(
      Reason.ISSUER_CONSTRAINT_TOO_WIDE,
      constrained(
          List.of(
              subtree(uniformResourceIdentifier, "east.mesh.internal"), subtree(dNSName, "shop")),
          List.of())),
  CONSTRAINT_WITH_EXCLUDED_URI(
      Reason.ISSUER_CONSTRAINT_UNCLEAR,
      constrained(
          List.of(subtree(uniformResourceIdentifier, "east.mesh.internal")),
          List.of(subtree(uniformResourceIdentifier, "west.mesh.internal")))),
  CONSTRAINT_WITH_EXCLUDED_DIRECTORY(
      Reason.ISSUER_CONSTRAINT_UNCLEAR,
      constrained(
          List.of(subtree(uniformResourceIdentifier, "east.mesh.internal")),
          List.of(subtree(directoryName, "CN=mallory")))),
  CONSTRAINT_WITH_MINIMUM(
      Reason.ISSUER_CONSTRAINT_UNCLEAR,
      constrained(
          List.of(
              new GeneralSubtree(
                  new GeneralName(uniformResourceIdentifier, "east.mesh.internal"),
                  BigInteger.ONE,
                  null)),
          List.of()));

  /** The identity that these chains claim. */
  public static final SpiffeId VICTIM =
      SpiffeId.parse("spiffe://east.mesh.internal/ns/shop/sa/orders");

  private final Reason reason;

  // Lambdas without state: as immutable as an enum wants its fields to be.
  @SuppressWarnings("ImmutableEnumChecker")
  private final BiFunction<TestAuthority, SpiffeId, Forgery> forgery;

  BadChain(Reason reason, BiFunction<TestAuthority, SpiffeId, Forgery> forgery) {
    this.reason = reason;
    this.forgery = forgery;
  }

  /** Returns the rule that it breaks. */
  public Reason reason() {
    return reason;
  }

  /** Makes the chain, under the authority's root; it claims to be {@link #VICTIM}. */
  public Forged make(TestAuthority authority) {
    return make(authority, VICTIM);
  }

  /**
   * Makes the chain, under the authority's root; where the name is not the fault, it is this id.
   */
  public Forged make(TestAuthority authority, SpiffeId id) {
    return forgery.apply(authority, id).make();
  }

  private static Forgery forge(TestAuthority authority, SpiffeId id) {
    return authority.forge(id.toString());
  }

  /** With a subject, because the JDK reads no certificate whose critical names it cannot parse. */
  private static BiFunction<TestAuthority, SpiffeId, Forgery> uri(String uri) {
    return (a, id) -> forge(a, id).leaf(c -> c.subject("CN=mallory").noNames().uri(uri));
  }

  private static BiFunction<TestAuthority, SpiffeId, Forgery> permitting(String... hosts) {
    GeneralSubtree[] permitted = new GeneralSubtree[hosts.length];
    for (int i = 0; i < hosts.length; i++) {
      permitted[i] = subtree(uniformResourceIdentifier, hosts[i]);
    }
    return constrained(List.of(permitted), List.of());
  }

  private static BiFunction<TestAuthority, SpiffeId, Forgery> constrained(
      List<GeneralSubtree> permitted, List<GeneralSubtree> excluded) {
    NameConstraints constraints = new NameConstraints(array(permitted), array(excluded));
    return (a, id) -> forge(a, id).intermediate(c -> c.nameConstraints(constraints));
  }

  private static GeneralSubtree @Nullable [] array(List<GeneralSubtree> subtrees) {
    return subtrees.isEmpty() ? null : subtrees.toArray(GeneralSubtree[]::new);
  }

  private static GeneralSubtree subtree(int tag, String base) {
    return new GeneralSubtree(new GeneralName(tag, base));
  }

  private static Instant ago(TestAuthority authority, int hours) {
    return authority.clock().instant().minus(Duration.ofHours(hours));
  }

  private static KeyPair rsa(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
