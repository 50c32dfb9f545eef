package dev.hawser.controlplane.xds;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateProviderPluginInstance;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.Collection;
import java.util.List;

/**
 * TLS between proxies: 1.3 alone, both sides with their SVID. A private key is never in here: Envoy
 * fetches its own from the agent on its host, and trust comes as the secret {@code bundles}.
 */
final class TlsContexts {
  /** What raw bytes between two proxies are called in ALPN. */
  static final String RAW = "hawser-tcp/1";

  static final List<String> HTTP_SERVER = List.of("h2", "http/1.1");
  static final List<String> HTTP_CLIENT = List.of("h2");

  /**
   * Returns the protocols for raw bytes. With {@link #RAW} our own proxies speak frames, which
   * carry the end of one direction; Envoy does not, so it negotiates nothing and gets bare bytes.
   */
  static List<String> raw(ProxyKind kind) {
    return kind == ProxyKind.ENVOY ? List.of() : List.of(RAW);
  }

  static final String BUNDLES = "bundles";

  /** The static cluster in an Envoy's start file: the SDS socket of the agent on its host. */
  static final String AGENT_CLUSTER = "hawser-sds";

  /** The certificate provider in a gRPC client's start file. */
  private static final String GRPC_PROVIDER = "default";

  /**
   * While nobody may serve, nobody is accepted: a valid id, so that every client can read it, in a
   * trust domain that can never have a bundle (RFC 6761 section 6.4).
   */
  static final String NOBODY = "spiffe://nobody.invalid/nobody";

  private TlsContexts() {}

  static ConfigSource ads() {
    return ConfigSource.newBuilder()
        .setAds(AggregatedConfigSource.getDefaultInstance())
        .setResourceApiVersion(ApiVersion.V3)
        .build();
  }

  static TransportSocket downstream(List<String> alpn) {
    DownstreamTlsContext context =
        DownstreamTlsContext.newBuilder()
            .setRequireClientCertificate(BoolValue.of(true))
            .setCommonTlsContext(
                own(alpn).setValidationContextSdsSecretConfig(secret(BUNDLES, ads())))
            .build();
    return socket(context);
  }

  /** Returns the client side towards a service that these identities may serve. */
  static TransportSocket upstream(List<String> alpn, Collection<String> identities) {
    CommonTlsContext common =
        own(alpn)
            .setCombinedValidationContext(
                CommonTlsContext.CombinedCertificateValidationContext.newBuilder()
                    .setDefaultValidationContext(expecting(identities))
                    .setValidationContextSdsSecretConfig(secret(BUNDLES, ads())))
            .build();
    return socket(
        UpstreamTlsContext.newBuilder().setCommonTlsContext(common).setAutoHostSni(true).build());
  }

  /** The same for gRPC, which has its certificates from files and refuses secrets. */
  static TransportSocket grpcUpstream(Collection<String> identities) {
    CertificateProviderPluginInstance provider =
        CertificateProviderPluginInstance.newBuilder().setInstanceName(GRPC_PROVIDER).build();
    CommonTlsContext common =
        CommonTlsContext.newBuilder()
            .setTlsCertificateProviderInstance(provider)
            .setValidationContext(
                expecting(identities).toBuilder().setCaCertificateProviderInstance(provider))
            .build();
    return socket(
        UpstreamTlsContext.newBuilder().setCommonTlsContext(common).setAutoHostSni(true).build());
  }

  private static CommonTlsContext.Builder own(List<String> alpn) {
    return CommonTlsContext.newBuilder()
        .setTlsParams(
            TlsParameters.newBuilder()
                .setTlsMinimumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_3)
                .setTlsMaximumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_3))
        .addAllAlpnProtocols(alpn)
        .addTlsCertificateSdsSecretConfigs(secret("default", agent()));
  }

  private static CertificateValidationContext expecting(Collection<String> identities) {
    CertificateValidationContext.Builder context = CertificateValidationContext.newBuilder();
    for (String identity : identities.isEmpty() ? List.of(NOBODY) : identities) {
      context.addMatchTypedSubjectAltNames(
          SubjectAltNameMatcher.newBuilder()
              .setSanType(SubjectAltNameMatcher.SanType.URI)
              .setMatcher(StringMatcher.newBuilder().setExact(identity)));
    }
    return context.build();
  }

  private static SdsSecretConfig secret(String name, ConfigSource source) {
    return SdsSecretConfig.newBuilder().setName(name).setSdsConfig(source).build();
  }

  private static ConfigSource agent() {
    return ConfigSource.newBuilder()
        .setApiConfigSource(
            ApiConfigSource.newBuilder()
                .setApiType(ApiConfigSource.ApiType.GRPC)
                .setTransportApiVersion(ApiVersion.V3)
                .addGrpcServices(
                    GrpcService.newBuilder()
                        .setEnvoyGrpc(
                            GrpcService.EnvoyGrpc.newBuilder().setClusterName(AGENT_CLUSTER))))
        .setResourceApiVersion(ApiVersion.V3)
        .build();
  }

  private static TransportSocket socket(Message context) {
    return TransportSocket.newBuilder()
        .setName("envoy.transport_sockets.tls")
        .setTypedConfig(Wire.any(context))
        .build();
  }
}
