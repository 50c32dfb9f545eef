package dev.hawser.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.engine.xds.TypeUrls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TemplatesTest {
  @Test
  void aPlaceWithoutAValueIsNamed() {
    assertThatThrownBy(() -> Template.fill("hawser-gateway.yaml", Map.of("host", "127.0.0.1")))
        .hasMessageContaining("${dataDir}");
  }

  @Test
  void whatOurProxiesAreToldIsXds() throws IOException {
    Task task = Task.of(Task.Shape.PASSTHROUGH);
    Map<String, String> values = Facts.of(1, task, Path.of("/certificates"));
    for (String name :
        List.of("hawser-plain", "hawser-callee", "hawser-caller-raw", "hawser-passthrough")) {
      assertThat(Ads.read(Template.fill(name + ".json", values)))
          .as(name)
          .containsKeys(TypeUrls.LISTENER, TypeUrls.CLUSTER);
    }
  }
}
