package dev.hawser.it.conformance;

import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.engine.tls.IdentitySource;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.boot.DataPlane;
import dev.hawser.proxy.codec.ClusterCodec;
import dev.hawser.proxy.codec.ListenerCodec;
import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.telemetry.AccessLog;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.testing.TestAuthority;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.io.IOException;
import java.util.Optional;

/** The sidecar's data plane in this process, configured by the messages of xDS. */
final class PlaneFromXds implements AutoCloseable {
  private final Metrics metrics = new Metrics();
  private final DataPlane plane;

  PlaneFromXds() {
    TestAuthority authority = TestAuthority.create();
    plane =
        new DataPlane(
            new Identity(authority.workload("east", "shop", "app"), authority.bundles("east")),
            new EventLoops.Options(1, true, "proxy"),
            metrics,
            AccessLog.off(metrics),
            HttpLimits.defaults(),
            _ -> {},
            _ -> {});
  }

  private record Identity(Svid own, TrustBundles trust) implements IdentitySource {
    @Override
    public Optional<Svid> svid() {
      return Optional.of(own);
    }

    @Override
    public TrustBundles bundles() {
      return trust;
    }

    @Override
    public Registration onChange(Runnable listener) {
      return () -> {};
    }
  }

  void cluster(Cluster cluster) throws ResourceRejectedException {
    plane.upstreams().configure(ClusterCodec.read(cluster));
  }

  void listener(Listener listener) throws ResourceRejectedException, IOException {
    plane.listeners().put(ListenerCodec.read(listener));
  }

  @Override
  public void close() {
    plane.close();
  }
}
