package dev.hawser.controlplane.snapshot;

import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.policy.DestinationRule;
import dev.hawser.controlplane.policy.Policy;
import dev.hawser.controlplane.policy.VirtualService;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The mesh at one moment, seen from one cluster. Immutable; equal content has an equal digest,
 * whatever order it was put together in.
 */
public final class MeshSnapshot {
  private final LocalCluster local;
  private final SortedMap<ServiceName, MeshService> services;
  private final SortedMap<String, RemoteCluster> remotes;
  private final List<Policy> policies;
  private final Map<ServiceName, DestinationRule> destinationRules;
  private final Map<ServiceName, VirtualService> virtualServices;
  private final MeshTrust trust;
  private final List<Condition> conditions;
  private final String digest;

  /**
   * Makes a snapshot.
   *
   * @param policies in any order; which one takes effect for a service is decided by {@link
   *     Policy#PRECEDENCE}
   * @param conditions those of names that are no service here; a service carries its own
   */
  public MeshSnapshot(
      LocalCluster local,
      Collection<MeshService> services,
      Collection<RemoteCluster> remotes,
      Collection<? extends Policy> policies,
      MeshTrust trust,
      Collection<Condition> conditions) {
    this.local = local;
    SortedMap<ServiceName, MeshService> byName = new TreeMap<>();
    services.forEach(service -> byName.put(service.name(), service));
    this.services = Collections.unmodifiableSortedMap(byName);
    SortedMap<String, RemoteCluster> byCluster = new TreeMap<>();
    remotes.forEach(remote -> byCluster.put(remote.name(), remote));
    this.remotes = Collections.unmodifiableSortedMap(byCluster);
    this.policies = policies.stream().map(Policy.class::cast).sorted(Policy.PRECEDENCE).toList();
    Map<ServiceName, DestinationRule> destinations = new TreeMap<>();
    Map<ServiceName, VirtualService> routes = new TreeMap<>();
    for (Policy policy : this.policies) {
      switch (policy) {
        case DestinationRule rule -> destinations.putIfAbsent(rule.host(), rule);
        case VirtualService route -> route.hosts().forEach(host -> routes.putIfAbsent(host, route));
      }
    }
    this.destinationRules = Collections.unmodifiableMap(destinations);
    this.virtualServices = Collections.unmodifiableMap(routes);
    this.trust = trust;
    List<Condition> all = new java.util.ArrayList<>(conditions);
    byName.values().forEach(service -> all.addAll(service.conditions()));
    this.conditions = all.stream().distinct().sorted().toList();
    this.digest = SnapshotDigest.of(this);
  }

  /** Returns this cluster. */
  public LocalCluster local() {
    return local;
  }

  /** Returns every service that may be called from here, sorted by namespace and name. */
  public SortedMap<ServiceName, MeshService> services() {
    return services;
  }

  /** Returns the service of that name. */
  public Optional<MeshService> service(ServiceName name) {
    return Optional.ofNullable(services.get(name));
  }

  /** Returns the other members by name, dead ones too. */
  public SortedMap<String, RemoteCluster> remotes() {
    return remotes;
  }

  /** Returns every policy, also those that another one outranks, in {@link Policy#PRECEDENCE}. */
  public List<Policy> policies() {
    return policies;
  }

  /** Returns the rule in effect for a service. */
  public Optional<DestinationRule> destinationRule(ServiceName service) {
    return Optional.ofNullable(destinationRules.get(service));
  }

  /** Returns the routes in effect for a service. */
  public Optional<VirtualService> virtualService(ServiceName service) {
    return Optional.ofNullable(virtualServices.get(service));
  }

  public MeshTrust trust() {
    return trust;
  }

  /** Returns all conditions, sorted; those of services are among them. */
  public List<Condition> conditions() {
    return conditions;
  }

  /** Returns the version: SHA-256 of the canonical content, 64 lower-case hexadecimal digits. */
  public String digest() {
    return digest;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MeshSnapshot that && digest.equals(that.digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return "MeshSnapshot[cluster="
        + local.name()
        + ", services="
        + services.size()
        + ", remotes="
        + remotes.keySet()
        + ", digest="
        + digest
        + "]";
  }
}
