package dev.hawser.proxy.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.hawser.engine.xds.ResourceRejectedException;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;

/** A resource is understood or refused by the path of what is wrong; nothing else happens. */
class ResourceFuzz {
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

  @FuzzTest(maxDuration = "10m")
  void aListenerIsReadOrRefused(byte[] octets) {
    assertRead(octets, Listener.parser(), ListenerCodec::read);
  }

  @FuzzTest(maxDuration = "10m")
  void aClusterIsReadOrRefused(byte[] octets) {
    assertRead(octets, Cluster.parser(), ClusterCodec::read);
  }

  @FuzzTest(maxDuration = "10m")
  void routesAreReadOrRefused(byte[] octets) {
    assertRead(octets, RouteConfiguration.parser(), RouteCodec::read);
  }

  @FuzzTest(maxDuration = "10m")
  void endpointsAreReadOrRefused(byte[] octets) {
    assertRead(octets, ClusterLoadAssignment.parser(), EndpointCodec::read);
  }
}
