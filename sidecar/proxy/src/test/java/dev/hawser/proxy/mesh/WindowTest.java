package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** How much may be on its way to us on one connection of HTTP/2. */
class WindowTest {
  private static final int WINDOW_UPDATE = 8;

  private static int opened(int port) throws Exception {
    try (RawHttp2 http2 = new RawHttp2(port)) {
      RawHttp2.Frame frame = http2.next(WINDOW_UPDATE);
      assertThat(frame.stream()).isZero();
      return 65_535 + ByteBuffer.wrap(frame.text().getBytes(StandardCharsets.ISO_8859_1)).getInt();
    }
  }

  @Test
  void aConnectionsWindowIsThatOfTheConfigurationElseWide() throws Exception {
    try (TestProxy proxy = new TestProxy(TestAuthority.create(), "east", "web")) {
      int usual = FreePorts.next();
      proxy.plane().listeners().put(Envoys.listener(usual, "app"));
      int narrow = FreePorts.next();
      proxy
          .plane()
          .listeners()
          .put(
              Envoys.observed(
                  narrow,
                  "app",
                  "\"http2_protocol_options\":{\"initial_connection_window_size\":131072}"));

      assertThat(opened(usual)).isEqualTo(16 * 1024 * 1024);
      assertThat(opened(narrow)).isEqualTo(131_072);
    }
  }
}
