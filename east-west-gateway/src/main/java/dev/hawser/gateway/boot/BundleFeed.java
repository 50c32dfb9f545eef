package dev.hawser.gateway.boot;

import dev.hawser.engine.xds.ResourceApplier;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.TrustBundlesCodec;
import dev.hawser.host.identity.IdentityClient;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;

/** Hands the trust bundles that come by SDS to the identity client, which keeps them. */
final class BundleFeed implements ResourceApplier<Secret> {
  private final IdentityClient identity;

  BundleFeed(IdentityClient identity) {
    this.identity = identity;
  }

  @Override
  public Secret prototype() {
    return Secret.getDefaultInstance();
  }

  @Override
  public void onChanged(String name, Secret resource, String version)
      throws ResourceRejectedException {
    try {
      identity.updateBundles(TrustBundlesCodec.read(resource, identity.bundles()));
    } catch (IllegalArgumentException e) {
      throw new ResourceRejectedException("validation_context", String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void onMetadata(String name, Metadata metadata) {
    TrustBundlesCodec.issuer(metadata).ifPresent(identity::issuerIs);
  }

  /** What was trusted stays trusted: the absence of a word is no withdrawal. */
  @Override
  public void onRemoved(String name) {}
}
