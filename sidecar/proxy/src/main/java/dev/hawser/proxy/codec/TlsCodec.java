package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.UpstreamConfig.Security;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.x509.Certificates;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads TLS contexts. In the mesh, certificates are always this proxy's own and trust is always the
 * mesh's bundles. Outside, a server must name itself by a certificate of an authority, and sees
 * none of ours. A context that asks for anything else is refused.
 */
final class TlsCodec {
  /** The secret that stands for the proxy's own certificate. */
  private static final String OWN_CERTIFICATE = "default";

  /** The secret that holds the trust bundles. */
  static final String BUNDLES = "bundles";

  private TlsCodec() {}

  /** Returns the protocols offered to callers. */
  static List<String> downstream(String path, TransportSocket socket)
      throws ResourceRejectedException {
    String at = path + ".typed_config";
    DownstreamTlsContext context =
        Fields.unpack(at, socket.getTypedConfig(), DownstreamTlsContext.getDefaultInstance());
    SupportedFields.requireOnly(at, context, "common_tls_context", "require_client_certificate");
    if (!context.getRequireClientCertificate().getValue()) {
      throw Fields.rejected(at + ".require_client_certificate", "false (expected: true)");
    }
    CommonTlsContext common = context.getCommonTlsContext();
    common(at + ".common_tls_context", common);
    return common.getAlpnProtocolsList();
  }

  static Security upstream(String path, TransportSocket socket) throws ResourceRejectedException {
    String at = path + ".typed_config";
    UpstreamTlsContext context =
        Fields.unpack(at, socket.getTypedConfig(), UpstreamTlsContext.getDefaultInstance());
    if (context.getCommonTlsContext().hasValidationContext()) {
      return web(at, context);
    }
    SupportedFields.requireOnly(at, context, "common_tls_context", "auto_host_sni");
    if (!context.getAutoHostSni()) {
      throw Fields.rejected(
          at + ".auto_host_sni", "false (expected: true, endpoints name their servers)");
    }
    CommonTlsContext common = context.getCommonTlsContext();
    common(at + ".common_tls_context", common);
    if (!common.hasCombinedValidationContext()) {
      throw Fields.rejected(
          at + ".common_tls_context.combined_validation_context",
          "absent (expected: the identities that may serve)");
    }
    return new Security.MutualTls(
        identities(
            at + ".common_tls_context.combined_validation_context.default_validation_context",
            common.getCombinedValidationContext().getDefaultValidationContext()),
        common.getAlpnProtocolsList());
  }

  private static Security web(String path, UpstreamTlsContext context)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path, context, "common_tls_context", "sni", "auto_host_sni", "auto_sni_san_validation");
    if (context.getSni().isEmpty() != context.getAutoHostSni()) {
      throw Fields.rejected(
          path + ".sni", "'" + context.getSni() + "' (expected: it, or auto_host_sni)");
    }
    String at = path + ".common_tls_context";
    CommonTlsContext common = context.getCommonTlsContext();
    SupportedFields.requireOnly(at, common, "tls_params", "alpn_protocols", "validation_context");
    parameters(
        at + ".tls_params", common.getTlsParams(), EnumSet.of(TlsParameters.TlsProtocol.TLSv1_2));
    String trust = at + ".validation_context";
    CertificateValidationContext validation = common.getValidationContext();
    SupportedFields.requireOnly(
        trust, validation, "trusted_ca", "system_root_certs", "match_typed_subject_alt_names");
    for (SubjectAltNameMatcher matcher : validation.getMatchTypedSubjectAltNamesList()) {
      if (matcher.getSanType() != SubjectAltNameMatcher.SanType.DNS
          || context.getSni().isEmpty()
          || !matcher.getMatcher().getExact().equals(context.getSni())) {
        throw Fields.rejected(
            trust + ".match_typed_subject_alt_names",
            matcher.getMatcher().getExact() + " (expected: the DNS name that is the sni)");
      }
    }
    return new Security.Web(
        authorities(trust, validation), context.getSni(), common.getAlpnProtocolsList());
  }

  private static List<X509Certificate> authorities(
      String path, CertificateValidationContext validation) throws ResourceRejectedException {
    String pem =
        switch (validation.getTrustedCa().getSpecifierCase()) {
          case INLINE_STRING -> validation.getTrustedCa().getInlineString();
          case INLINE_BYTES -> validation.getTrustedCa().getInlineBytes().toStringUtf8();
          case SPECIFIER_NOT_SET -> "";
          default ->
              throw Fields.rejected(
                  path + ".trusted_ca",
                  validation.getTrustedCa().getSpecifierCase()
                      + " (expected: inline, since a control plane names no files of the host)");
        };
    if (validation.hasTrustedCa() == validation.hasSystemRootCerts()) {
      throw Fields.rejected(path, "no authority (expected: trusted_ca or system_root_certs)");
    }
    if (validation.hasSystemRootCerts()) {
      return List.of();
    }
    try {
      List<X509Certificate> authorities = Certificates.parsePem(pem);
      if (!authorities.isEmpty()) {
        return authorities;
      }
      throw Fields.rejected(path + ".trusted_ca", "no certificate (expected: PEM)");
    } catch (IllegalArgumentException e) {
      throw Fields.rejected(path + ".trusted_ca", String.valueOf(e.getMessage()));
    }
  }

  /**
   * Accepts what is so anyway: TLS 1.3 within the mesh, 1.2 or 1.3 towards others.
   *
   * @param lowest that may be asked for as the lowest, besides none
   */
  private static void parameters(
      String path, TlsParameters parameters, Set<TlsParameters.TlsProtocol> lowest)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path, parameters, "tls_minimum_protocol_version", "tls_maximum_protocol_version");
    TlsParameters.TlsProtocol least = parameters.getTlsMinimumProtocolVersion();
    if (least != TlsParameters.TlsProtocol.TLS_AUTO && !lowest.contains(least)) {
      throw Fields.rejected(
          path + ".tls_minimum_protocol_version", least + " (expected: one of " + lowest + ")");
    }
    TlsParameters.TlsProtocol most = parameters.getTlsMaximumProtocolVersion();
    if (most != TlsParameters.TlsProtocol.TLS_AUTO && most != TlsParameters.TlsProtocol.TLSv1_3) {
      throw Fields.rejected(
          path + ".tls_maximum_protocol_version", most + " (expected: TLSv1_3, or none)");
    }
  }

  private static void common(String path, CommonTlsContext common)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        common,
        "tls_params",
        "alpn_protocols",
        "tls_certificate_sds_secret_configs",
        "validation_context_sds_secret_config",
        "combined_validation_context");
    parameters(
        path + ".tls_params",
        common.getTlsParams(),
        EnumSet.of(TlsParameters.TlsProtocol.TLSv1_2, TlsParameters.TlsProtocol.TLSv1_3));
    for (SdsSecretConfig secret : common.getTlsCertificateSdsSecretConfigsList()) {
      requireSecret(path + ".tls_certificate_sds_secret_configs", secret, OWN_CERTIFICATE);
    }
    SdsSecretConfig trust =
        common.hasCombinedValidationContext()
            ? common.getCombinedValidationContext().getValidationContextSdsSecretConfig()
            : common.getValidationContextSdsSecretConfig();
    requireSecret(path + ".validation_context_sds_secret_config", trust, BUNDLES);
  }

  private static void requireSecret(String path, SdsSecretConfig secret, String name)
      throws ResourceRejectedException {
    if (!secret.getName().equals(name)) {
      throw Fields.rejected(
          path + ".name", "'" + secret.getName() + "' (expected: '" + name + "')");
    }
  }

  private static Set<SpiffeId> identities(String path, CertificateValidationContext context)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, context, "match_typed_subject_alt_names");
    Set<SpiffeId> identities = new HashSet<>();
    for (int i = 0; i < context.getMatchTypedSubjectAltNamesCount(); i++) {
      String at = path + ".match_typed_subject_alt_names[" + i + "]";
      SubjectAltNameMatcher matcher = context.getMatchTypedSubjectAltNames(i);
      if (matcher.getSanType() != SubjectAltNameMatcher.SanType.URI
          || !matcher.getMatcher().hasExact()) {
        throw Fields.rejected(at, matcher.getSanType() + " (expected: an exact URI)");
      }
      try {
        identities.add(SpiffeId.parse(matcher.getMatcher().getExact()));
      } catch (IllegalArgumentException e) {
        throw Fields.rejected(at, String.valueOf(e.getMessage()));
      }
    }
    return identities;
  }
}
