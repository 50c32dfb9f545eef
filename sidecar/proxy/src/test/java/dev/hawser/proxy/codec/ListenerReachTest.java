package dev.hawser.proxy.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.model.ListenerConfig;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.AdditionalAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import org.junit.jupiter.api.Test;

/** Listeners of captured connections. */
class ListenerReachTest {
  private static Address address(String host, int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress(host).setPortValue(port))
        .build();
  }

  private static FilterChain.Builder chain(String cluster) {
    return FilterChain.newBuilder()
        .setName(cluster)
        .addFilters(
            Filter.newBuilder()
                .setName("tcp")
                .setTypedConfig(Any.pack(TcpProxy.newBuilder().setCluster(cluster).build())));
  }

  private static FilterChain.Builder chain(String cluster, int port) {
    return chain(cluster)
        .setFilterChainMatch(
            FilterChainMatch.newBuilder().setDestinationPort(UInt32Value.of(port)));
  }

  private static Listener.Builder listener() {
    return Listener.newBuilder().setName("l").setAddress(address("127.0.0.1", 15001));
  }

  @Test
  void onePlainSocketUnlessMoreIsSaid() throws ResourceRejectedException {
    ListenerConfig read = ListenerCodec.read(listener().addFilterChains(chain("c")).build());
    assertThat(read.reach()).isEqualTo(ListenerConfig.Reach.ONE_SOCKET);
    assertThat(read.redirected()).isFalse();
  }

  @Test
  void theOneThatIsBoundHandsOver() throws ResourceRejectedException {
    ListenerConfig read =
        ListenerCodec.read(
            listener()
                .addAdditionalAddresses(
                    AdditionalAddress.newBuilder().setAddress(address("::1", 15001)))
                .setUseOriginalDst(BoolValue.of(true))
                .addFilterChains(chain("by-host", 15001))
                .addFilterChains(chain("rest"))
                .build());
    assertThat(read.reach().handsOver()).isTrue();
    assertThat(read.redirected()).isTrue();
    assertThat(read.reach().bound()).isTrue();
    assertThat(read.addresses())
        .containsExactly(
            new dev.hawser.proxy.model.Address("127.0.0.1", 15001),
            new dev.hawser.proxy.model.Address("::1", 15001));
    assertThat(read.chains()).extracting(chain -> chain.port().orElse(0)).containsExactly(15001, 0);
  }

  @Test
  void theOneAtADestinationHasNoSocketAndSaysWhatItsPortsAreCalled()
      throws ResourceRejectedException {
    Value ports =
        Value.newBuilder()
            .setStructValue(
                Struct.newBuilder()
                    .putFields("db", Value.newBuilder().setNumberValue(5432).build()))
            .build();
    ListenerConfig read =
        ListenerCodec.read(
            listener()
                .setBindToPort(BoolValue.of(false))
                .setMetadata(
                    Metadata.newBuilder()
                        .putFilterMetadata(
                            "hawser", Struct.newBuilder().putFields("ports", ports).build()))
                .addFilterChains(chain("ledger.shop:5432", 5432))
                .build());
    assertThat(read.reach().bound()).isFalse();
    assertThat(read.reach().ports()).containsExactly(java.util.Map.entry("db", 5432));
  }

  @Test
  void whatWouldNotBeObeyedIsRefusedWithItsPlace() {
    assertRefused(
        listener().addFilterChains(chain("a", 80)).addFilterChains(chain("b", 80)),
        "filter_chains[1]",
        "destination_port 80 twice");
    assertRefused(
        listener().addFilterChains(chain("a")).addFilterChains(chain("b")),
        "filter_chains[1]",
        "no port twice");
    assertRefused(
        listener()
            .addFilterChains(chain("a"))
            .addAdditionalAddresses(
                AdditionalAddress.newBuilder().setAddress(Address.getDefaultInstance())),
        "additional_addresses[0].address",
        "expected");
  }

  @Test
  void othersAreServedAtASocketOfTheirOwn() {
    Listener.Builder inbound =
        listener()
            .setTrafficDirection(TrafficDirection.INBOUND)
            .addFilterChains(
                chain("a")
                    .setFilterChainMatch(
                        FilterChainMatch.newBuilder().setTransportProtocol("raw_buffer")));
    assertRefused(inbound.clone().setBindToPort(BoolValue.of(false)), "bind_to_port: false");
    assertRefused(inbound.clone().setUseOriginalDst(BoolValue.of(true)), "use_original_dst: true");
  }

  private static void assertRefused(Listener.Builder listener, String... words) {
    assertThatThrownBy(() -> ListenerCodec.read(listener.build()))
        .isInstanceOf(ResourceRejectedException.class)
        .hasMessageContainingAll(words);
  }
}
