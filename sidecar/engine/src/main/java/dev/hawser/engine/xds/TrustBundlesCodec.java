package dev.hawser.engine.xds;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hawser.trust.authority.RevocationList;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.x509.Certificates;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads trust bundles (SDS). A secret with a key is refused: keys never travel. */
public final class TrustBundlesCodec {
  /** The name of the one secret that a proxy subscribes. */
  public static final String NAME = "bundles";

  private static final Logger LOG = LoggerFactory.getLogger(TrustBundlesCodec.class);

  private TrustBundlesCodec() {}

  /**
   * Reads a resource.
   *
   * @param present what is trusted now: a bundle with other roots counts as the next of its
   *     sequence, since the message has no number
   */
  public static TrustBundles read(Secret secret, TrustBundles present)
      throws ResourceRejectedException {
    SupportedFields.requireKnown(secret);
    SupportedFields.requireOnly("", secret, "name", "validation_context");
    CertificateValidationContext context = secret.getValidationContext();
    String path = "validation_context";
    SupportedFields.requireOnly(path, context, "custom_validator_config", "crl");
    String at = path + ".custom_validator_config.typed_config";
    SPIFFECertValidatorConfig config =
        unpack(at, context.getCustomValidatorConfig().getTypedConfig());
    Map<TrustDomain, TrustBundle> bundles = new HashMap<>();
    for (int i = 0; i < config.getTrustDomainsCount(); i++) {
      TrustBundle bundle =
          bundle(at + ".trust_domains[" + i + "]", config.getTrustDomains(i), present);
      bundles.put(bundle.trustDomain(), bundle);
    }
    if (bundles.isEmpty()) {
      throw new ResourceRejectedException(
          at + ".trust_domains", "none (expected: at least the own)");
    }
    return new TrustBundles(bundles, revoked(path + ".crl", context, bundles, present));
  }

  /**
   * Reads from what comes beside the bundles ({@code hawser.issuer}) which intermediate of the own
   * cluster signs now.
   *
   * @return its serial number; empty if it is not said, or not as hexadecimal: a hint is no reason
   *     to refuse the trust that it came with
   */
  public static Optional<BigInteger> issuer(Metadata metadata) {
    Struct hawser = metadata.getFilterMetadataOrDefault("hawser", Struct.getDefaultInstance());
    String serial =
        hawser.getFieldsOrDefault("issuer", Value.getDefaultInstance()).getStringValue();
    try {
      return serial.isEmpty() ? Optional.empty() : Optional.of(Certificates.serial(serial));
    } catch (IllegalArgumentException e) {
      LOG.warn("Who signs now is not said as a serial number issuer={}", serial, e);
      return Optional.empty();
    }
  }

  private static SPIFFECertValidatorConfig unpack(String path, Any config)
      throws ResourceRejectedException {
    try {
      return config.unpack(SPIFFECertValidatorConfig.class);
    } catch (InvalidProtocolBufferException e) {
      throw new ResourceRejectedException(
          path, config.getTypeUrl() + " (expected: SPIFFECertValidatorConfig)");
    }
  }

  private static TrustBundle bundle(
      String path, SPIFFECertValidatorConfig.TrustDomain item, TrustBundles present)
      throws ResourceRejectedException {
    try {
      TrustDomain trustDomain = new TrustDomain(item.getName());
      List<X509Certificate> roots =
          Certificates.parsePem(item.getTrustBundle().getInlineBytes().toStringUtf8());
      Optional<TrustBundle> known = present.find(trustDomain);
      if (known.isPresent() && known.get().roots().equals(roots)) {
        return known.get();
      }
      return new TrustBundle(
          trustDomain, roots, known.map(bundle -> bundle.sequence() + 1).orElse(1L));
    } catch (IllegalArgumentException e) {
      throw new ResourceRejectedException(path, String.valueOf(e.getMessage()));
    }
  }

  /** A list counts only if a trusted root signed it; what was revoked stays revoked. */
  private static Set<BigInteger> revoked(
      String path,
      CertificateValidationContext context,
      Map<TrustDomain, TrustBundle> bundles,
      TrustBundles present)
      throws ResourceRejectedException {
    Set<BigInteger> revoked = new HashSet<>(present.revokedIntermediates());
    ByteString crl = context.getCrl().getInlineBytes();
    if (crl.isEmpty()) {
      return revoked;
    }
    try {
      RevocationList list = RevocationList.parse(crl.toByteArray());
      list.verify(
          bundles.values().stream().flatMap(bundle -> bundle.roots().stream()).distinct().toList());
      revoked.addAll(list.serials());
      return revoked;
    } catch (IllegalArgumentException e) {
      throw new ResourceRejectedException(path, String.valueOf(e.getMessage()));
    }
  }
}
