package dev.hawser.proxy.codec;

import com.google.protobuf.Any;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.ConnectionAuthz;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.extensions.filters.network.ext_authz.v3.ExtAuthz;
import java.util.Optional;

/** Reads {@code envoy.filters.network.ext_authz}. */
final class NetworkAuthzCodec {
  private NetworkAuthzCodec() {}

  static ConnectionAuthz read(String path, Any message) throws ResourceRejectedException {
    ExtAuthz authz = Fields.unpack(path, message, ExtAuthz.getDefaultInstance());
    SupportedFields.requireOnly(
        path,
        authz,
        "stat_prefix",
        "grpc_service",
        "failure_mode_allow",
        "transport_api_version",
        "filter_enabled_metadata");
    if (authz.getTransportApiVersion() != ApiVersion.V3) {
      throw Fields.rejected(
          path + ".transport_api_version", authz.getTransportApiVersion() + " (expected: V3)");
    }
    return new ConnectionAuthz(
        ExtAuthzCodec.grpc(path + ".grpc_service", authz.getGrpcService()),
        authz.getFailureModeAllow(),
        authz.hasFilterEnabledMetadata()
            ? Optional.of(
                MetadataCodec.rule(
                    path + ".filter_enabled_metadata", authz.getFilterEnabledMetadata()))
            : Optional.empty());
  }
}
