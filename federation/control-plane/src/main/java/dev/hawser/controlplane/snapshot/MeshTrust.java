package dev.hawser.controlplane.snapshot;

import dev.hawser.trust.authority.RevocationList;
import dev.hawser.trust.bundle.TrustBundles;
import java.util.Optional;

/**
 * What proxies are told of trust.
 *
 * @param bundles whom they believe
 * @param revoked the root's signed list of what they must not believe any more
 * @param issuer the serial number (lower-case hexadecimal) of the intermediate that signs this
 *     cluster's identities now: whoever has one under another renews it; empty if unknown
 */
public record MeshTrust(TrustBundles bundles, Optional<RevocationList> revoked, String issuer) {
  /** Returns bundles alone. */
  public static MeshTrust of(TrustBundles bundles) {
    return new MeshTrust(bundles, Optional.empty(), "");
  }
}
