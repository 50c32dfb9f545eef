package dev.hawser.controlplane.xds;

import dev.hawser.api.model.Locality;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import java.util.List;

/**
 * One instance that a client may be sent to, by each of the ways there.
 *
 * @param cluster name, also of the own one
 * @param own whether it is in the client's cluster
 * @param weight of the instance, however many ways there are
 * @param ways sorted; one in the same network, one per gateway otherwise
 */
record Candidate(
    String cluster, boolean own, Locality locality, int weight, List<LbEndpoint> ways) {
  Candidate {
    ways = List.copyOf(ways);
  }
}
