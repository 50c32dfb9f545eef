package dev.hawser.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.gateway.proxyprotocol.AddressBlock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
  private static final String SMALLEST =
      "node: gw-1\nlisten: \"127.1.0.2:15443\"\ndataDir: /tmp/gw\n";

  @TempDir private Path dir;

  private GatewayConfig read(String text) throws IOException, ConfigException {
    return ConfigReader.read(Files.writeString(dir.resolve("gateway.yaml"), text));
  }

  @Test
  void theSmallestFileHasDefaults() throws Exception {
    GatewayConfig config = read(SMALLEST);
    assertThat(config.node()).isEqualTo("gw-1");
    assertThat(config.listen().getPort()).isEqualTo(15_443);
    assertThat(config.advertise()).isEqualTo("127.1.0.2:15443");
    assertThat(config.admin().getAddress().isLoopbackAddress()).isTrue();
    assertThat(config.admin().getPort()).isEqualTo(15_000);
    assertThat(config.drain()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.join()).isEqualTo(new GatewayConfig.Join.Before());
    assertThat(config.limits()).isEqualTo(GatewayConfig.Limits.usual());
  }

  @Test
  void loadBalancersAreAddressesOrBlocksOfThem() throws Exception {
    GatewayConfig config = read(SMALLEST + "proxyProtocolFrom: [10.0.0.0/8, 192.0.2.1, '::1']\n");
    assertThat(config.proxyProtocolFrom())
        .containsExactly(
            AddressBlock.parse("10.0.0.0/8"),
            AddressBlock.parse("192.0.2.1/32"),
            AddressBlock.parse("::1/128"));
    for (String bad : List.of("lb.example", "10.0.0.0/33", "10.0.0.0/-1", "/8", "10.0.0.0/x")) {
      assertThatThrownBy(() -> read(SMALLEST + "proxyProtocolFrom: ['" + bad + "']\n"))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("proxyProtocolFrom: '" + bad);
    }
  }

  @Test
  void aWholeFileIsRead() throws Exception {
    GatewayConfig config =
        read(
            SMALLEST
                + "advertise: gw.example:443\nadmin: \"127.1.0.2:15000\"\ndrainSeconds: 30\n"
                + "metrics: \"0.0.0.0:15020\"\nready: \"0.0.0.0:15021\"\n"
                + "concurrency: 3\n"
                + "join: {tokenFile: /run/token}\n");
    assertThat(config.advertise()).isEqualTo("gw.example:443");
    assertThat(config.drain()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.workers()).isEqualTo(3);
    assertThat(config.metrics()).contains(new InetSocketAddress("0.0.0.0", 15_020));
    assertThat(config.ready()).contains(new InetSocketAddress("0.0.0.0", 15_021));
    assertThat(config.join()).isEqualTo(new GatewayConfig.Join.Token(Path.of("/run/token")));
    assertThat(
            read(SMALLEST
                    + "join: {kubernetesTokenFile: /t, controlPlane: [\"10.0.0.1:15012\"],"
                    + " cluster: east, meshDomain: mesh.internal, rootsFile: /r.pem}\n")
                .join())
        .isEqualTo(
            new GatewayConfig.Join.Kubernetes(
                Path.of("/t"),
                List.of("10.0.0.1:15012"),
                "east",
                "mesh.internal",
                Path.of("/r.pem")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "adminn: '127.0.0.1:1'|adminn: unknown field (expected: one of",
        "admin: '10.0.0.5:15000'|admin: '10.0.0.5:15000' (expected: a loopback address",
        "admin: nonsense|admin: 'nonsense' (expected: host:port)",
        "admin: '127.0.0.1:99999'|admin: '127.0.0.1:99999' (expected: host:port)",
        "admin: [1]|admin: '[1]' (expected: a text)",
        "drainSeconds: 0|drainSeconds: '0' (expected: 1-3600)",
        "drainSeconds: soon|drainSeconds: 'soon' (expected: 1-3600)",
        "concurrency: -1|concurrency: '-1' (expected: event loops, 1-1024, or 0 for one per core)",
        "concurrency: all|concurrency: 'all' (expected: event loops, 1-1024, or 0 for one per core)",
        "join: token|join: 'token' (expected: a mapping)",
        "join: {tokenFile: /a, token: b}|join.token: unknown field (expected: one of [tokenFile])",
        "join: {kubernetesTokenFile: /a}|join.controlPlane: missing (expected: a list of host:port)",
        "node: twice|not YAML"
      })
  void aBadFieldIsNamedWithItsValueAndWhatWasExpected(String line, String message) {
    assertThatThrownBy(() -> read(SMALLEST + line + "\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("gateway.yaml: ")
        .hasMessageContaining(message);
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThatThrownBy(() -> read("node: gw-1\ndataDir: /tmp/gw\n"))
        .hasMessageContaining("listen: missing (expected: a text)");
    assertThatThrownBy(() -> read("- a\n")).hasMessageContaining("document");
    assertThatThrownBy(() -> ConfigReader.read(dir.resolve("absent.yaml")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("absent.yaml: cannot be read");
  }
}
