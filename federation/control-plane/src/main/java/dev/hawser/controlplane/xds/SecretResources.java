package dev.hawser.controlplane.xds;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.util.Comparator;

/** Trust bundles as a validation context: one bundle per trust domain, never pooled. */
final class SecretResources {
  private SecretResources() {}

  static Secret bundles(TrustBundles bundles) {
    SPIFFECertValidatorConfig.Builder config = SPIFFECertValidatorConfig.newBuilder();
    bundles.bundles().values().stream()
        .sorted(Comparator.comparing((TrustBundle bundle) -> bundle.trustDomain().name()))
        .forEach(bundle ->
            config.addTrustDomains(
                SPIFFECertValidatorConfig.TrustDomain.newBuilder()
                    .setName(bundle.trustDomain().name())
                    .setTrustBundle(
                        DataSource.newBuilder()
                            .setInlineBytes(ByteString.copyFromUtf8(bundle.toPem())))));
    Any validator = Wire.any(config.build());
    return Secret.newBuilder()
        .setName(TlsContexts.BUNDLES)
        .setValidationContext(
            CertificateValidationContext.newBuilder()
                .setCustomValidatorConfig(
                    TypedExtensionConfig.newBuilder()
                        .setName("envoy.tls.cert_validator.spiffe")
                        .setTypedConfig(validator)))
        .build();
  }
}
