package dev.hawser.engine.xds;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.LinkedBlockingQueue;

/** Takes clusters, and refuses those with a maglev load balancer. */
final class RecordingApplier implements ResourceApplier<Cluster> {
  final Map<String, String> inForce = new ConcurrentSkipListMap<>();

  /** What happened, in order: {@code +name@version}, {@code -name}, {@code .} for a batch's end. */
  final BlockingQueue<String> events = new LinkedBlockingQueue<>();

  @Override
  public Cluster prototype() {
    return Cluster.getDefaultInstance();
  }

  @Override
  public void onChanged(String name, Cluster resource, String version)
      throws ResourceRejectedException {
    if (resource.getLbPolicy() == Cluster.LbPolicy.MAGLEV) {
      throw new ResourceRejectedException("lb_policy", "MAGLEV (expected: ROUND_ROBIN)");
    }
    inForce.put(name, version);
    events.add("+" + name + "@" + version);
  }

  @Override
  public void onRemoved(String name) {
    inForce.remove(name);
    events.add("-" + name);
  }

  @Override
  public void onBatchEnd() {
    events.add(".");
  }
}
