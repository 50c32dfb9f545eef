package dev.hawser.controlplane.xds;

import dev.hawser.api.model.Exposure;
import dev.hawser.controlplane.snapshot.MeshSnapshot;
import dev.hawser.controlplane.snapshot.RemoteCluster;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who may call an endpoint: its own cluster, and the clusters that its export names. An export is
 * the permission; a cluster is known by its trust domain.
 */
final class AccessRules {
  private AccessRules() {}

  static RBAC callersOf(Exposure exposure, MeshSnapshot snapshot) {
    Policy.Builder policy =
        Policy.newBuilder().addPermissions(Permission.newBuilder().setAny(true));
    for (String trustDomain : trustDomains(exposure, snapshot)) {
      policy.addPrincipals(
          Principal.newBuilder()
              .setAuthenticated(
                  Principal.Authenticated.newBuilder()
                      .setPrincipalName(
                          StringMatcher.newBuilder().setPrefix("spiffe://" + trustDomain + "/"))));
    }
    return RBAC.newBuilder()
        .setAction(RBAC.Action.ALLOW)
        .putPolicies("clusters", policy.build())
        .build();
  }

  private static SortedSet<String> trustDomains(Exposure exposure, MeshSnapshot snapshot) {
    SortedSet<String> trustDomains = new TreeSet<>();
    trustDomains.add(snapshot.local().name().trustDomain());
    for (RemoteCluster remote : snapshot.remotes().values()) {
      if (exposure.allows(remote.name())) {
        trustDomains.add(remote.trustDomain());
      }
    }
    return trustDomains;
  }
}
