package dev.hawser.trust.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.testing.TestAuthority;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrustBundlesTest {
  private static final TestAuthority FEDERATION = TestAuthority.create();
  private static final TestAuthority NEXT = TestAuthority.create();
  private static final TrustDomain EAST = TestAuthority.trustDomain("east");
  private static final TrustDomain WEST = TestAuthority.trustDomain("west");
  private static final X509Certificate ROOT = FEDERATION.root().certificate();
  private static final X509Certificate NEXT_ROOT = NEXT.root().certificate();

  private final TrustBundles bundles =
      FEDERATION.bundles("east", "west").withRevoked(Set.of(BigInteger.TWO, BigInteger.TEN));

  @Test
  void bundlesAreReadBackFromTheirJson() {
    TrustBundles read = TrustBundles.fromJson(bundles.toJson());
    assertThat(read).isEqualTo(bundles).hasSameHashCodeAs(bundles);
    assertThat(read.digest()).isEqualTo(bundles.digest()).hasSize(64);
    assertThat(read.find(EAST).orElseThrow().roots()).containsExactly(ROOT);
    assertThat(read.revokedIntermediates()).containsExactly(BigInteger.TWO, BigInteger.TEN);
    assertThat(TrustBundles.fromJson(TrustBundles.empty().toJson()))
        .isEqualTo(TrustBundles.empty());
  }

  @Test
  void digestDoesNotDependOnTheOrderOfMaking() {
    TrustBundles other =
        TrustBundles.empty()
            .withRevoked(Set.of(BigInteger.TEN, BigInteger.TWO))
            .with(new TrustBundle(WEST, List.of(ROOT), 1))
            .with(new TrustBundle(EAST, List.of(ROOT), 1));
    assertThat(other.digest()).isEqualTo(bundles.digest());
  }

  @Test
  void everyChangeChangesTheDigest() {
    List<TrustBundles> all =
        List.of(
            bundles,
            bundles.without(EAST),
            bundles.without(WEST),
            bundles.withRevoked(Set.of()),
            bundles.withRevoked(Set.of(BigInteger.TWO)),
            bundles.with(new TrustBundle(EAST, List.of(ROOT), 2)),
            bundles.with(new TrustBundle(EAST, List.of(NEXT_ROOT), 1)),
            bundles.with(new TrustBundle(EAST, List.of(ROOT, NEXT_ROOT), 1)),
            bundles.with(new TrustBundle(EAST, List.of(NEXT_ROOT, ROOT), 1)),
            TrustBundles.empty());
    assertThat(new HashSet<>(all.stream().map(TrustBundles::digest).toList())).hasSize(all.size());
  }

  @Test
  void changeLeavesTheOldValueAsItWas() {
    String digest = bundles.digest();
    assertThat(bundles.without(EAST).find(EAST)).isEmpty();
    assertThat(bundles.find(EAST)).isPresent();
    assertThat(bundles.digest()).isEqualTo(digest);
  }

  @Test
  void bundleIsReadBackFromPem() {
    TrustBundle bundle = new TrustBundle(EAST, List.of(NEXT_ROOT, ROOT), 4);
    assertThat(TrustBundle.fromPem(EAST, bundle.toPem(), 4)).isEqualTo(bundle);
    assertThat(bundle.supersedes(new TrustBundle(EAST, List.of(ROOT), 3))).isTrue();
    assertThat(bundle.supersedes(bundle)).isFalse();
    assertThat(bundle.supersedes(new TrustBundle(WEST, List.of(ROOT), 3))).isFalse();
  }

  @Test
  void impossibleBundlesAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new TrustBundle(EAST, List.of(), 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TrustBundle(EAST, List.of(ROOT, ROOT), 1))
        .withMessageContaining("twice");
    assertThatIllegalArgumentException().isThrownBy(() -> new TrustBundle(EAST, List.of(ROOT), -1));
    TrustBundle east = new TrustBundle(EAST, List.of(ROOT), 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TrustBundles(Map.of(WEST, east), Set.of()))
        .withMessageContaining("under west.mesh.internal");
    assertThatIllegalArgumentException().isThrownBy(() -> TrustBundles.of(east, east));
  }

  @Test
  void partForATrustDomainIsASpiffeBundleDocument() {
    assertThat(bundles.toJson())
        .startsWith(
            "{\"trust_domains\":{\"east.mesh.internal\":{\"keys\":[{\"use\":\"x509-svid\","
                + "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"")
        .contains("\"spiffe_sequence\":1")
        .endsWith("\"revoked_intermediates\":[\"2\",\"a\"]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u00a7',
      value = {
        "missing|§{}§",
        "unknown key|§{\"trust_domains\":{},\"revoked_intermediates\":[],\"x\":1}§",
        "serial number|§{\"trust_domains\":{},\"revoked_intermediates\":[\"XY\"]}§",
        "trust domain|§{\"trust_domains\":{\"A\":{}},\"revoked_intermediates\":[]}§",
        "0 roots|§{\"trust_domains\":{\"a\":{\"keys\":[],\"spiffe_sequence\":1}},\"revoked_intermediates\":[]}§",
        "not base64|§{\"trust_domains\":{\"a\":{\"keys\":[{\"use\":\"x509-svid\",\"x5c\":[\"?\"]}],\"spiffe_sequence\":1}},\"revoked_intermediates\":[]}§",
        "certificate|§{\"trust_domains\":{\"a\":{\"keys\":[{\"use\":\"x509-svid\",\"x5c\":[\"AAAA\"]}],\"spiffe_sequence\":1}},\"revoked_intermediates\":[]}§",
      })
  void malformedDocumentIsRefusedWithItsFault(String fault, String json) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrustBundles.fromJson(json))
        .withMessageContaining(fault);
  }
}
