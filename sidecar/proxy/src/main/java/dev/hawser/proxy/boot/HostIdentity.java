package dev.hawser.proxy.boot;

import dev.hawser.engine.tls.IdentitySource;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.svid.Svid;
import java.util.Optional;

/** The host's identity as the engine wants to see it. */
final class HostIdentity implements IdentitySource {
  private final IdentityClient client;

  HostIdentity(IdentityClient client) {
    this.client = client;
  }

  @Override
  public Optional<Svid> svid() {
    return client.svid();
  }

  @Override
  public TrustBundles bundles() {
    return client.bundles();
  }

  @Override
  public Registration onChange(Runnable listener) {
    dev.hawser.host.identity.Registration registration = client.onChange(listener);
    return registration::close;
  }
}
