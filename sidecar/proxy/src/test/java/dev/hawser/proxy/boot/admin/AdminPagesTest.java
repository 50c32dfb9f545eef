package dev.hawser.proxy.boot.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.StringValue;
import com.google.protobuf.util.JsonFormat;
import dev.hawser.engine.admin.AdminRequest;
import dev.hawser.engine.admin.AdminResponse;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.ListenerConfig;
import io.envoyproxy.envoy.admin.v3.Listeners;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AdminPagesTest {
  private static AdminRequest ask(String... query) {
    Map<String, List<String>> parameters = new TreeMap<>();
    for (String one : query) {
      int equals = one.indexOf('=');
      parameters.put(
          equals < 0 ? one : one.substring(0, equals),
          List.of(equals < 0 ? "" : one.substring(equals + 1)));
    }
    return new AdminRequest("/", parameters);
  }

  private static String body(AdminResponse response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @Test
  void configDumpHasWhatIsInForceByVersionAndOneThatCannotBeShownHidesNoOther() {
    Listener good = listener("good", Any.pack(TcpProxy.newBuilder().setCluster("c").build()));
    Listener odd =
        listener("odd", Any.pack(StringValue.of("x")).toBuilder().setTypeUrl("x/y").build());
    Map<String, Map<String, Held>> held =
        Map.of(
            Listener.getDescriptor().getFullName(),
            new TreeMap<>(
                Map.of(
                    "good",
                    new Held(good, "7", Instant.EPOCH),
                    "odd",
                    new Held(odd, "8", Instant.EPOCH))),
            Cluster.getDescriptor().getFullName(),
            Map.of("c", new Held(Cluster.newBuilder().setName("c").build(), "9", Instant.EPOCH)));

    String all = body(ConfigDumps.answer(ask(), held));

    assertThat(all)
        .contains("type.googleapis.com/envoy.admin.v3.ListenersConfigDump")
        .contains("\"version_info\": \"7\"")
        .contains("\"version_info\": \"9\"")
        .contains("\"name\": \"odd\", \"not_shown\": ")
        .doesNotContain("EndpointsConfigDump");
    assertThat(body(ConfigDumps.answer(ask("include_eds"), held))).contains("EndpointsConfigDump");
    assertThat(body(ConfigDumps.answer(ask("resource=dynamic_active_clusters"), held)))
        .contains("\"version_info\": \"9\"")
        .doesNotContain("good");
    assertThat(ConfigDumps.answer(ask("resource=<x>"), held).status()).isEqualTo(400);
  }

  private static Listener listener(String name, Any filter) {
    return Listener.newBuilder()
        .setName(name)
        .addFilterChains(
            FilterChain.newBuilder().addFilters(Filter.newBuilder().setTypedConfig(filter)))
        .build();
  }

  @Test
  void listenersAreLinesOrEnvoysMessage() throws Exception {
    List<ListenerConfig> listeners =
        List.of(new ListenerConfig("in", new Address("127.0.0.1", 15006), List.of()));

    assertThat(body(ListenerPages.text(listeners))).isEqualTo("in::127.0.0.1:15006\n");
    Listeners.Builder read = Listeners.newBuilder();
    JsonFormat.parser().merge(body(ListenerPages.json(listeners)), read);
    assertThat(read.getListenerStatuses(0).getLocalAddress().getSocketAddress().getPortValue())
        .isEqualTo(15006);
  }
}
