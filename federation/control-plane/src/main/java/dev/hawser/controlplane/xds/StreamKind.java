package dev.hawser.controlplane.xds;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;

/** What the two variants of the protocol differ in. */
interface StreamKind<Q, R> {
  /** Only changes travel. */
  StreamKind<DeltaDiscoveryRequest, DeltaDiscoveryResponse> DELTA =
      new StreamKind<>() {
        @Override
        public Node node(DeltaDiscoveryRequest request) {
          return request.getNode();
        }

        @Override
        public String typeUrl(DeltaDiscoveryRequest request) {
          return request.getTypeUrl();
        }

        @Override
        public TypeState<DeltaDiscoveryRequest, DeltaDiscoveryResponse> state(ResourceType type) {
          return new DeltaState(type);
        }
      };

  /** The state of the world travels. */
  StreamKind<DiscoveryRequest, DiscoveryResponse> SOTW =
      new StreamKind<>() {
        @Override
        public Node node(DiscoveryRequest request) {
          return request.getNode();
        }

        @Override
        public String typeUrl(DiscoveryRequest request) {
          return request.getTypeUrl();
        }

        @Override
        public TypeState<DiscoveryRequest, DiscoveryResponse> state(ResourceType type) {
          return new SotwState(type);
        }
      };

  Node node(Q request);

  String typeUrl(Q request);

  TypeState<Q, R> state(ResourceType type);
}
