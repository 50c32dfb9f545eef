package dev.hawser.controlplane.merge;

import dev.hawser.api.model.Locality;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.policy.DestinationRule;
import dev.hawser.controlplane.policy.DestinationRule.Distribute;
import dev.hawser.controlplane.policy.DestinationRule.Failover;
import dev.hawser.controlplane.policy.DestinationRule.Share;
import dev.hawser.controlplane.policy.Policy;
import dev.hawser.controlplane.policy.VirtualService;
import dev.hawser.controlplane.policy.VirtualService.Destination;
import dev.hawser.controlplane.policy.VirtualService.HttpMatch;
import dev.hawser.controlplane.policy.VirtualService.HttpRule;
import dev.hawser.controlplane.snapshot.MeshService;
import dev.hawser.controlplane.snapshot.RemoteSlot;
import dev.hawser.controlplane.snapshot.SnapshotHolder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** What a policy says and cannot do as the mesh is now. */
public final class PolicyEffects {
  private PolicyEffects() {}

  /** Returns the same question, asked of the current snapshot; nothing before the first one. */
  public static Function<Policy, List<String>> against(SnapshotHolder snapshots) {
    return policy ->
        snapshots
            .current()
            .map(snapshot -> of(policy, snapshot.services(), snapshot.policies()))
            .orElse(List.of());
  }

  /**
   * Returns a full sentence for each part of a policy that has no effect.
   *
   * @param services of the mesh
   * @param all policies; the one in question may be among them
   */
  public static List<String> of(
      Policy policy, Map<ServiceName, MeshService> services, Collection<? extends Policy> all) {
    List<String> findings = new ArrayList<>();
    for (ServiceName name : policy.services()) {
      all.stream()
          .filter(other -> other.key().kind().equals(policy.key().kind()))
          .filter(other -> !other.key().equals(policy.key()))
          .filter(other -> other.services().contains(name))
          .filter(other -> Policy.PRECEDENCE.compare(other, policy) < 0)
          .min(Policy.PRECEDENCE)
          .ifPresent(other ->
              findings.add(
                  policy.key()
                      + " has no effect on "
                      + name
                      + ": "
                      + other.key()
                      + " is older. Put both into one document."));
      MeshService service = services.get(name);
      if (service == null) {
        findings.add(
            policy.key() + " has no effect yet: no service " + name + " is known in this cluster.");
      } else if (policy instanceof VirtualService
          && service.ports().stream().noneMatch(port -> port.protocol().isHttp())) {
        findings.add(
            policy.key() + " has no effect: no port of " + name + " is declared to speak HTTP.");
      }
    }
    switch (policy) {
      case DestinationRule rule -> localities(rule, services, findings);
      case VirtualService routes -> destinations(routes, services, findings);
    }
    return findings;
  }

  private static void localities(
      DestinationRule rule, Map<ServiceName, MeshService> services, List<String> findings) {
    MeshService service = services.get(rule.host());
    if (service == null) {
      return;
    }
    List<Locality> places = places(service);
    for (Distribute distribute : rule.localities().distribute()) {
      for (Share share : distribute.to()) {
        if (share.percent() > 0 && places.stream().noneMatch(share.to()::matches)) {
          findings.add(
              rule.key()
                  + " sends "
                  + share.percent()
                  + " % to "
                  + share.to()
                  + ", where "
                  + rule.host()
                  + " has no endpoint now; the other shares grow instead.");
        }
      }
    }
    for (Failover failover : rule.localities().failover()) {
      if (places.stream().noneMatch(place -> place.region().equals(failover.toRegion()))) {
        findings.add(
            rule.key()
                + " fails over to region "
                + failover.toRegion()
                + ", where "
                + rule.host()
                + " has no endpoint now.");
      }
    }
  }

  private static List<Locality> places(MeshService service) {
    return Stream.concat(
            service.local().stream().map(endpoint -> endpoint.endpoint().locality()),
            service.remote().stream()
                .flatMap(export -> export.slots().stream().map(RemoteSlot::locality)))
        .toList();
  }

  private static void destinations(
      VirtualService routes, Map<ServiceName, MeshService> services, List<String> findings) {
    for (int i = 0; i < routes.http().size(); i++) {
      HttpRule rule = routes.http().get(i);
      String at = routes.key() + ", spec.http[" + i + "]";
      for (Destination destination : rule.destinations()) {
        MeshService service = services.get(destination.service());
        if (service == null) {
          findings.add(
              at
                  + " routes to "
                  + destination.service()
                  + ", which is not known in this cluster; these requests get 503.");
        } else if (destination.port().isPresent()
            && service.port(destination.port().getAsInt()).isEmpty()) {
          findings.add(
              at
                  + " routes to port "
                  + destination.port().getAsInt()
                  + " of "
                  + destination.service()
                  + ", which has no such port; these requests get 503.");
        }
      }
      for (HttpMatch match : rule.matches()) {
        boolean none =
            match.port().isPresent()
                && routes.hosts().stream()
                    .map(services::get)
                    .filter(java.util.Objects::nonNull)
                    .noneMatch(service -> service.port(match.port().getAsInt()).isPresent());
        if (none) {
          findings.add(
              at
                  + " matches port "
                  + match.port().getAsInt()
                  + ", which none of its services has.");
        }
      }
    }
  }
}
