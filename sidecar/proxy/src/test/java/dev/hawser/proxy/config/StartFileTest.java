package dev.hawser.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.host.identity.Attestation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartFileTest {
  private static final String SMALL =
      """
      node: web-1
      address: 127.1.0.10
      dataDir: /tmp/web-1
      """;

  @Test
  void smallFileHasTheUsualPortsOnItsAddress() throws ConfigException {
    ProxyConfig config = StartFile.parse(SMALL);

    assertThat(config.listen().inbound()).isEqualTo(15006);
    assertThat(config.listen().outboundAddress()).isEqualTo("127.1.0.10");
    assertThat(config.listen().admin().getAddress().isLoopbackAddress()).isTrue();
    assertThat(config.listen().dns()).isPresent();
    assertThat(config.applicationHost()).isEqualTo("127.0.0.1");
    assertThat(config.accessLog()).isInstanceOf(ProxyConfig.AccessLogTarget.Off.class);
  }

  @Test
  void wholeFileIsRead() throws ConfigException {
    ProxyConfig config =
        StartFile.parse(
            SMALL
                + """
                network: east
                version: v2
                locality: east/a
                join: {tokenFile: /tmp/token}
                controlPlane: ["127.1.0.1:15012"]
                application: {host: 127.1.0.10}
                upstreams: [{service: orders.shop, port: 8080, listen: "127.1.0.10:9001"}]
                listen: {inbound: 16006, admin: "127.1.0.10:15000", dns: off}
                accessLog: /dev/stdout
                """);

    assertThat(config.join()).get().isInstanceOf(Attestation.TokenFile.class);
    assertThat(config.upstreams().getFirst().service()).hasToString("orders.shop");
    assertThat(config.listen().inbound()).isEqualTo(16006);
    assertThat(config.listen().dns()).isEmpty();
    assertThat(config.locality()).hasToString("east/a");
    assertThat(config.version()).contains("v2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nodes: x|nodes: unknown (expected: one of [",
        "network: [a]|network: '[a]' (expected: a text)",
        "controlPlane: [nowhere]|controlPlane: 'nowhere' (expected: host:port)",
        "listen: {inbound: 0}|listen.inbound: '0' (expected: 1-65535)",
        "listen: {admin: '10.0.0.5:15000'}|listen.admin: '10.0.0.5:15000' (expected: a loopback",
        "listen: {admin: here}|listen.admin: '' (expected: an IP address)",
        "join: {}|join.tokenFile: absent (expected: either tokenFile or kubernetesTokenFile)",
        "upstreams: [{service: orders, port: 1, listen: '127.0.0.1:1'}]|"
            + "upstreams[0].service: service: 'orders' (expected: name.namespace",
        "upstreams: [{service: a.b, listen: '127.0.0.1:1'}]|"
            + "upstreams[0].port: absent (expected: the service's port)",
        "node: again|not YAML",
      })
  void slipIsNamedWithItsPlaceAndWhatWasExpected(String line, String message) {
    assertThatThrownBy(() -> StartFile.parse(SMALL + line + "\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }
}
