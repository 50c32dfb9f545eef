package dev.hawser.trust.token;

import dev.hawser.trust.spiffe.TrustDomain;
import java.util.List;

/**
 * The cluster that issues tokens, as they describe it.
 *
 * @param cluster its name
 * @param meshDomain its mesh domain
 * @param controlPlane {@code host:port} of its control plane, as joiners reach it
 * @param gateways {@code host:port} of its east-west gateways
 * @param pin SHA-256 digest of the root that its server sends last, 64 hexadecimal digits
 */
public record TokenIssuer(
    String cluster,
    String meshDomain,
    List<String> controlPlane,
    List<String> gateways,
    String pin) {
  public TokenIssuer {
    controlPlane = List.copyOf(controlPlane);
    gateways = List.copyOf(gateways);
  }

  /** Returns its trust domain. */
  public TrustDomain trustDomain() {
    return TrustDomain.of(cluster, meshDomain);
  }
}
