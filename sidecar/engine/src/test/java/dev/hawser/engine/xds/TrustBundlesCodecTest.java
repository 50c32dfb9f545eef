package dev.hawser.engine.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hawser.trust.authority.RevocationList;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.verify.PeerVerifier;
import dev.hawser.trust.verify.Role;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a proxy makes of the secret {@code bundles}, with real certificates and lists. */
class TrustBundlesCodecTest {
  private final TestAuthority authority = TestAuthority.create();
  private final TrustBundles present = authority.bundles("east", "west");

  @Test
  void whatTheRootRevokedIsRefusedAndWhatWasRenewedIsNot() throws Exception {
    Svid stolen = authority.workload("west", "shop", "orders");
    var old = authority.cluster("west").intermediate();
    authority.renewIntermediate("west");
    Svid renewed = authority.workload("west", "shop", "orders");
    RevocationList list =
        authority.root().revoke(List.of(old.getSerialNumber()), 1, Duration.ofDays(1));

    TrustBundles read = TrustBundlesCodec.read(secret(list), present);

    assertThat(read.revokedIntermediates()).containsExactly(old.getSerialNumber());
    assertThat(trusted(stolen, present)).isTrue();
    assertThat(trusted(stolen, read)).isFalse();
    assertThat(trusted(renewed, read)).isTrue();
  }

  @Test
  void aListThatNamesLessTakesNothingBack() throws Exception {
    RevocationList first = authority.root().revoke(List.of(BigInteger.TEN), 2, Duration.ofDays(1));
    RevocationList second = authority.root().revoke(List.of(), 3, Duration.ofDays(1));

    TrustBundles once = TrustBundlesCodec.read(secret(first), present);

    assertThat(TrustBundlesCodec.read(secret(second), once).revokedIntermediates())
        .containsExactly(BigInteger.TEN);
  }

  @Test
  void aListOfAStrangersRootIsRefusedByItsField() {
    RevocationList strange =
        TestAuthority.create().root().revoke(List.of(BigInteger.TEN), 1, Duration.ofDays(1));

    assertThatExceptionOfType(ResourceRejectedException.class)
        .isThrownBy(() -> TrustBundlesCodec.read(secret(strange), present))
        .withMessageContaining("validation_context.crl");
  }

  @Test
  void whoSignsNowIsReadFromBesideTheSecretAndNonsenseIsNoHint() {
    assertThat(TrustBundlesCodec.issuer(metadata("0a"))).contains(BigInteger.TEN);
    assertThat(TrustBundlesCodec.issuer(metadata("orders"))).isEmpty();
    assertThat(TrustBundlesCodec.issuer(metadata(""))).isEmpty();
    assertThat(TrustBundlesCodec.issuer(Metadata.getDefaultInstance())).isEmpty();
  }

  private static Metadata metadata(String issuer) {
    return Metadata.newBuilder()
        .putFilterMetadata(
            "hawser",
            Struct.newBuilder()
                .putFields("issuer", Value.newBuilder().setStringValue(issuer).build())
                .build())
        .build();
  }

  private static boolean trusted(Svid svid, TrustBundles bundles) {
    return new PeerVerifier().verify(svid.chain(), bundles, Instant.now(), Role.SERVER).trusted();
  }

  private Secret secret(RevocationList list) {
    SPIFFECertValidatorConfig.Builder config = SPIFFECertValidatorConfig.newBuilder();
    present
        .bundles()
        .values()
        .forEach(bundle ->
            config.addTrustDomains(
                SPIFFECertValidatorConfig.TrustDomain.newBuilder()
                    .setName(bundle.trustDomain().name())
                    .setTrustBundle(bytes(bundle.toPem()))));
    return Secret.newBuilder()
        .setName(TrustBundlesCodec.NAME)
        .setValidationContext(
            CertificateValidationContext.newBuilder()
                .setCustomValidatorConfig(
                    TypedExtensionConfig.newBuilder()
                        .setName("envoy.tls.cert_validator.spiffe")
                        .setTypedConfig(Any.pack(config.build())))
                .setCrl(bytes(list.toPem())))
        .build();
  }

  private static DataSource bytes(String text) {
    return DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8(text)).build();
  }
}
