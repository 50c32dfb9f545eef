package dev.hawser.proxy.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.TrustBundlesCodec;
import dev.hawser.trust.bundle.TrustBundles;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.util.Map;
import java.util.Set;

/** A resource is understood or refused by the path of what is wrong; nothing else happens. */
class ResourceFuzz {
  private static final TrustBundles NO_TRUST = new TrustBundles(Map.of(), Set.of());

  private interface Reader<M> {
    Object read(M message) throws ResourceRejectedException;
  }

  private static <M extends Message> void assertRead(
      byte[] octets, Parser<M> parser, Reader<M> reader) {
    try {
      assertThat(reader.read(parser.parseFrom(octets))).isNotNull();
    } catch (InvalidProtocolBufferException e) {
      // It is no message of this kind: that is said by whoever takes it off the wire.
      assertThat(e).isNotNull();
    } catch (ResourceRejectedException e) {
      assertThat(e).hasMessageMatching("(?s).+");
    }
  }

  @FuzzTest
  void aListenerIsReadOrRefused(byte[] octets) {
    assertRead(octets, Listener.parser(), ListenerCodec::read);
  }

  @FuzzTest
  void aClusterIsReadOrRefused(byte[] octets) {
    assertRead(octets, Cluster.parser(), ClusterCodec::read);
  }

  @FuzzTest
  void routesAreReadOrRefused(byte[] octets) {
    assertRead(octets, RouteConfiguration.parser(), RouteCodec::read);
  }

  @FuzzTest
  void aHostIsReadOrRefused(byte[] octets) {
    assertRead(octets, VirtualHost.parser(), RouteCodec::read);
  }

  @FuzzTest
  void trustIsReadOrRefused(byte[] octets) {
    assertRead(octets, Secret.parser(), secret -> TrustBundlesCodec.read(secret, NO_TRUST));
  }

  @FuzzTest
  void endpointsAreReadOrRefused(byte[] octets) {
    assertRead(octets, ClusterLoadAssignment.parser(), EndpointCodec::read);
  }
}
