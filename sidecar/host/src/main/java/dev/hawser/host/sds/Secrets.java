package dev.hawser.host.sds;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.x509.Certificates;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The identity as Envoy's secrets. */
final class Secrets {
  static final String KEY = "default";
  static final String BUNDLES = "bundles";

  private final IdentityClient identity;

  Secrets(IdentityClient identity) {
    this.identity = identity;
  }

  /**
   * A secret and its version, which changes exactly when it does and says nothing about it.
   *
   * @param version the leaf's serial number, or the bundles' digest
   */
  record Versioned(String version, Any resource) {}

  /** Returns what there is by name; no key once the certificate has ended. */
  Map<String, Versioned> current() {
    Map<String, Versioned> secrets = new LinkedHashMap<>();
    identity
        .svid()
        .ifPresent(svid ->
            secrets.put(
                KEY,
                new Versioned(
                    Certificates.serialHex(svid.leaf().getSerialNumber()), Any.pack(key(svid)))));
    TrustBundles bundles = identity.bundles();
    secrets.put(BUNDLES, new Versioned(bundles.digest(), Any.pack(bundles(bundles))));
    return secrets;
  }

  private static Secret key(Svid svid) {
    return Secret.newBuilder()
        .setName(KEY)
        .setTlsCertificate(
            TlsCertificate.newBuilder()
                .setCertificateChain(pem(Certificates.toPem(svid.chain())))
                .setPrivateKey(pem(KeyMaterial.toPem(svid.privateKey()))))
        .build();
  }

  private static Secret bundles(TrustBundles bundles) {
    SPIFFECertValidatorConfig.Builder config = SPIFFECertValidatorConfig.newBuilder();
    for (TrustBundle bundle : bundles.bundles().values()) {
      config.addTrustDomains(
          SPIFFECertValidatorConfig.TrustDomain.newBuilder()
              .setName(bundle.trustDomain().name())
              .setTrustBundle(pem(bundle.toPem())));
    }
    return Secret.newBuilder()
        .setName(BUNDLES)
        .setValidationContext(
            CertificateValidationContext.newBuilder()
                .setCustomValidatorConfig(
                    TypedExtensionConfig.newBuilder()
                        .setName("envoy.tls.cert_validator.spiffe")
                        .setTypedConfig(Any.pack(config.build()))))
        .build();
  }

  private static DataSource pem(String text) {
    return DataSource.newBuilder()
        .setInlineBytes(ByteString.copyFrom(text, StandardCharsets.US_ASCII))
        .build();
  }
}
