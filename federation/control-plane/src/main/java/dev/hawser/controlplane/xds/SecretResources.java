package dev.hawser.controlplane.xds;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hawser.controlplane.snapshot.MeshTrust;
import dev.hawser.trust.bundle.TrustBundle;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.util.Comparator;

/**
 * Trust bundles as a validation context: one bundle per trust domain, never pooled, and the root's
 * list of revoked intermediates. (Envoy's SPIFFE validator reads the bundles and passes over the
 * list, whatever is in it.) Beside it, as metadata {@code hawser.issuer}, who signs now.
 */
final class SecretResources {
  private SecretResources() {}

  static XdsResource bundles(MeshTrust trust) {
    Secret secret = secret(trust);
    return trust.issuer().isEmpty()
        ? XdsResource.of(TlsContexts.BUNDLES, secret)
        : XdsResource.of(TlsContexts.BUNDLES, secret, issuer(trust.issuer()));
  }

  private static Metadata issuer(String serial) {
    return Metadata.newBuilder()
        .putFilterMetadata(
            "hawser",
            Struct.newBuilder()
                .putFields("issuer", Value.newBuilder().setStringValue(serial).build())
                .build())
        .build();
  }

  private static Secret secret(MeshTrust trust) {
    SPIFFECertValidatorConfig.Builder config = SPIFFECertValidatorConfig.newBuilder();
    trust.bundles().bundles().values().stream()
        .sorted(Comparator.comparing((TrustBundle bundle) -> bundle.trustDomain().name()))
        .forEach(bundle ->
            config.addTrustDomains(
                SPIFFECertValidatorConfig.TrustDomain.newBuilder()
                    .setName(bundle.trustDomain().name())
                    .setTrustBundle(
                        DataSource.newBuilder()
                            .setInlineBytes(ByteString.copyFromUtf8(bundle.toPem())))));
    Any validator = Wire.any(config.build());
    CertificateValidationContext.Builder context =
        CertificateValidationContext.newBuilder()
            .setCustomValidatorConfig(
                TypedExtensionConfig.newBuilder()
                    .setName("envoy.tls.cert_validator.spiffe")
                    .setTypedConfig(validator));
    trust
        .revoked()
        .ifPresent(list ->
            context.setCrl(
                DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8(list.toPem()))));
    return Secret.newBuilder().setName(TlsContexts.BUNDLES).setValidationContext(context).build();
  }
}
