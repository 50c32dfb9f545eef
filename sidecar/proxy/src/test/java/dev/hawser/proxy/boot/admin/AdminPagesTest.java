package dev.hawser.proxy.boot.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.JsonFormat;
import dev.hawser.engine.admin.AdminResponse;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.ListenerConfig;
import io.envoyproxy.envoy.admin.v3.Listeners;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdminPagesTest {
  private static String body(AdminResponse response) {
    return new String(response.body(), StandardCharsets.UTF_8);
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
