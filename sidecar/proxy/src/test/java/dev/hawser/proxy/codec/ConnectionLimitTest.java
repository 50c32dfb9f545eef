package dev.hawser.proxy.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt64Value;
import dev.hawser.engine.xds.ResourceRejectedException;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import org.junit.jupiter.api.Test;

class ConnectionLimitTest {
  private static Listener listener(ConnectionLimit limit) {
    return Listener.newBuilder()
        .setName("l")
        .setAddress(
            Address.newBuilder()
                .setSocketAddress(
                    SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(9001)))
        .addFilterChains(
            FilterChain.newBuilder()
                .addFilters(Filter.newBuilder().setName("limit").setTypedConfig(Any.pack(limit)))
                .addFilters(
                    Filter.newBuilder()
                        .setName("tcp")
                        .setTypedConfig(Any.pack(TcpProxy.newBuilder().setCluster("c").build()))))
        .build();
  }

  private static ConnectionLimit.Builder limit(long most) {
    return ConnectionLimit.newBuilder().setStatPrefix("l").setMaxConnections(UInt64Value.of(most));
  }

  @Test
  void boundOfAChainIsRead() throws ResourceRejectedException {
    assertThat(ListenerCodec.read(listener(limit(7).build())).chains().getFirst().maxConnections())
        .contains(7);
  }

  @Test
  void timeForTheHandshakeOfAChainIsRead() throws ResourceRejectedException {
    Listener.Builder some = listener(limit(7).build()).toBuilder();
    assertThat(ListenerCodec.read(some.build()).chains().getFirst().handshake()).isEmpty();
    some.getFilterChainsBuilder(0)
        .setTransportSocketConnectTimeout(Duration.newBuilder().setSeconds(3));
    assertThat(ListenerCodec.read(some.build()).chains().getFirst().handshake())
        .contains(java.time.Duration.ofSeconds(3));
  }

  @Test
  void whatWouldNotBeObeyedIsRefusedWithItsPlace() {
    assertThatThrownBy(() -> ListenerCodec.read(listener(limit(0).build())))
        .hasMessageContaining("filter_chains[0].filters[0].typed_config.max_connections")
        .hasMessageContaining("0 (expected: 1-");
    ConnectionLimit delayed = limit(1).setDelay(Duration.newBuilder().setSeconds(1)).build();
    assertThatThrownBy(() -> ListenerCodec.read(listener(delayed)))
        .hasMessageContaining("filter_chains[0].filters[0].typed_config.delay");
  }
}
