package dev.hawser.proxy.boot;

import dev.hawser.engine.xds.AdsClient;
import dev.hawser.engine.xds.ResourceApplier;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.TrustBundlesCodec;
import dev.hawser.engine.xds.TypeUrls;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.proxy.codec.ClusterCodec;
import dev.hawser.proxy.codec.EndpointCodec;
import dev.hawser.proxy.codec.ListenerCodec;
import dev.hawser.proxy.codec.RouteCodec;
import dev.hawser.proxy.model.EndpointSet;
import dev.hawser.proxy.model.ListenerConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Feeds the data plane from xDS, and subscribes what follows from what came: listeners name routes,
 * routes name upstreams, upstreams name endpoints. Lives on the xDS thread.
 */
final class XdsFeed {
  private final DataPlane plane;
  private final IdentityClient identity;
  private final Set<String> upstreams = new TreeSet<>();
  private @Nullable AdsClient ads;

  XdsFeed(DataPlane plane, IdentityClient identity) {
    this.plane = plane;
    this.identity = identity;
  }

  /** Takes part in a client that is being made. */
  AdsClient.Builder register(AdsClient.Builder builder) {
    return builder
        .register(new Listeners())
        .register(new Routes())
        .register(new Hosts())
        .register(new Upstreams())
        .register(new Endpoints())
        .register(new Secrets());
  }

  /** Makes the first subscriptions, before the client starts. */
  void begin(AdsClient client) {
    ads = client;
    client.subscribe(TypeUrls.SECRET, TrustBundlesCodec.NAME);
    client.subscribeWildcard(TypeUrls.LISTENER);
  }

  /** Asks for a resource on demand; safe for use by any thread. */
  void ask(String typeUrl, String resource) {
    AdsClient client = ads;
    if (client != null) {
      client.subscribe(typeUrl, resource);
    }
  }

  /** Asks for it no more; safe for use by any thread. */
  void forget(String typeUrl, String resource) {
    AdsClient client = ads;
    if (client != null) {
      client.unsubscribe(typeUrl, List.of(resource));
    }
  }

  private void follow() {
    AdsClient client = ads;
    if (client == null) {
      return;
    }
    Wants wants = Wants.of(plane);
    client.replaceSubscriptions(TypeUrls.ROUTE, wants.routes());
    client.replaceSubscriptions(TypeUrls.CLUSTER, wants.upstreams());
    Set<String> gone = new TreeSet<>(upstreams);
    gone.removeAll(wants.upstreams());
    for (String name : gone) {
      plane.upstreams().forget(name);
    }
    upstreams.clear();
    upstreams.addAll(wants.upstreams());
    Set<String> services = Wants.endpoints(plane);
    client.replaceSubscriptions(TypeUrls.ENDPOINT, services);
    plane.upstreams().keepEndpoints(services);
  }

  /** LDS. */
  private final class Listeners implements ResourceApplier<Listener> {
    @Override
    public Listener prototype() {
      return Listener.getDefaultInstance();
    }

    @Override
    public void onChanged(String name, Listener resource, String version)
        throws ResourceRejectedException {
      try {
        ListenerConfig listener = ListenerCodec.read(resource);
        if (listener.reach().bound()) {
          plane.listeners().put(listener);
          plane.captured().remove(name);
        } else {
          plane.captured().put(listener);
          plane.listeners().remove(name);
        }
      } catch (IOException e) {
        throw new ResourceRejectedException("address", String.valueOf(e.getMessage()));
      }
    }

    @Override
    public void onRemoved(String name) {
      plane.listeners().remove(name);
      plane.captured().remove(name);
    }

    @Override
    public void onBatchEnd() {
      // Those that are not bound are not looked at by the set of listeners.
      plane.reconsider();
      follow();
    }
  }

  /** RDS. */
  private final class Routes implements ResourceApplier<RouteConfiguration> {
    @Override
    public RouteConfiguration prototype() {
      return RouteConfiguration.getDefaultInstance();
    }

    @Override
    public void onChanged(String name, RouteConfiguration resource, String version)
        throws ResourceRejectedException {
      plane.routes().put(RouteCodec.read(resource));
    }

    @Override
    public void onRemoved(String name) {
      plane.routes().remove(name);
    }

    @Override
    public void onBatchEnd() {
      plane.reconsider();
      follow();
    }
  }

  /** VHDS. */
  private final class Hosts implements ResourceApplier<VirtualHost> {
    @Override
    public VirtualHost prototype() {
      return VirtualHost.getDefaultInstance();
    }

    @Override
    public void onChanged(String name, VirtualHost resource, String version)
        throws ResourceRejectedException {
      plane.routes().putHost(name, RouteCodec.read(resource));
    }

    @Override
    public void onRemoved(String name) {
      plane.routes().removeHost(name);
    }

    @Override
    public void onBatchEnd() {
      plane.reconsider();
      follow();
    }
  }

  /** CDS. */
  private final class Upstreams implements ResourceApplier<Cluster> {
    @Override
    public Cluster prototype() {
      return Cluster.getDefaultInstance();
    }

    @Override
    public void onChanged(String name, Cluster resource, String version)
        throws ResourceRejectedException {
      plane.upstreams().configure(ClusterCodec.read(resource));
    }

    @Override
    public void onRemoved(String name) {
      plane.upstreams().remove(name);
    }

    @Override
    public void onBatchEnd() {
      follow();
    }
  }

  /** EDS. */
  private final class Endpoints implements ResourceApplier<ClusterLoadAssignment> {
    @Override
    public ClusterLoadAssignment prototype() {
      return ClusterLoadAssignment.getDefaultInstance();
    }

    @Override
    public void onChanged(String name, ClusterLoadAssignment resource, String version)
        throws ResourceRejectedException {
      plane.upstreams().update(EndpointCodec.read(resource));
    }

    @Override
    public void onRemoved(String name) {
      plane.upstreams().update(EndpointSet.empty(name));
    }
  }

  /** SDS: trust only. */
  private final class Secrets implements ResourceApplier<Secret> {
    @Override
    public Secret prototype() {
      return Secret.getDefaultInstance();
    }

    @Override
    public void onChanged(String name, Secret resource, String version)
        throws ResourceRejectedException {
      identity.updateBundles(TrustBundlesCodec.read(resource, identity.bundles()));
    }

    @Override
    public void onMetadata(String name, Metadata metadata) {
      TrustBundlesCodec.issuer(metadata).ifPresent(identity::issuerIs);
    }

    @Override
    public void onRemoved(String name) {
      // Whoever withdraws all trust would cut this proxy off; what is trusted stays until replaced.
    }
  }
}
