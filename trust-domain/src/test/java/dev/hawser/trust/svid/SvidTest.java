package dev.hawser.trust.svid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.testing.BadChain;
import dev.hawser.trust.testing.Forgery.Forged;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.x509.CertificateFormatException;
import java.security.PrivateKey;
import java.util.List;
import org.junit.jupiter.api.Test;

class SvidTest {
  private static final TestAuthority FEDERATION = TestAuthority.create();

  private final Svid svid = FEDERATION.workload("east", "shop", "orders");

  @Test
  void keyIsReadBackFromItsPem() {
    PrivateKey read = KeyMaterial.privateKeyFromPem(KeyMaterial.toPem(svid.privateKey()));
    assertThat(read).isEqualTo(svid.privateKey());
    assertThat(KeyMaterial.matches(read, svid.leaf())).isTrue();
  }

  @Test
  void keyMatchesItsOwnCertificateOnly() {
    assertThat(KeyMaterial.matches(KeyMaterial.generate().getPrivate(), svid.leaf())).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Svid.of(KeyMaterial.generate().getPrivate(), svid.chain()))
        .withMessageContaining(svid.id().toString());
  }

  @Test
  void textOfAnIdentityHasNoKeyInIt() {
    assertThat(svid.toString()).contains(svid.id().toString()).doesNotContain("PrivateKey");
  }

  @Test
  void leafThatNamesSomebodyElseIsRefused() {
    SpiffeId other = SpiffeId.parse("spiffe://east.mesh.internal/ns/shop/sa/web");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Svid(other, svid.privateKey(), svid.chain()))
        .withMessageContaining("its leaf names");
    Forged twoNames = BadChain.LEAF_WITH_TWO_URIS.make(FEDERATION);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Svid.of(twoNames.key(), twoNames.chain()));
    assertThatIllegalArgumentException().isThrownBy(() -> Svid.of(svid.privateKey(), List.of()));
  }

  @Test
  void whatIsNoKeyIsRefusedAndNotRepeated() {
    String secret = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";
    assertThatExceptionOfType(CertificateFormatException.class)
        .isThrownBy(() -> KeyMaterial.privateKeyFromPem(secret))
        .withMessageNotContaining("c2VjcmV0")
        .withMessageContaining("PKCS#8");
    assertThatExceptionOfType(CertificateFormatException.class)
        .isThrownBy(() -> KeyMaterial.privateKeyFromPem(secret + secret))
        .withMessageContaining("2 PEM blocks");
    assertThatExceptionOfType(CertificateFormatException.class)
        .isThrownBy(() ->
            KeyMaterial.privateKeyFromPem(
                "-----BEGIN EC PRIVATE KEY-----\nAA==\n-----END EC PRIVATE KEY-----"))
        .withMessageContaining("expected: 'PRIVATE KEY'");
  }
}
