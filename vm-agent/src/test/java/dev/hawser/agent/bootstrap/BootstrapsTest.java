package dev.hawser.agent.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.util.JsonFormat;
import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.config.Ports;
import dev.hawser.agent.config.UpstreamSpec;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.host.identity.Enrolment;
import dev.hawser.trust.spiffe.SpiffeId;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

class BootstrapsTest {
  private static final Enrolment ENROLMENT =
      new Enrolment(
          SpiffeId.parse("spiffe://east.mesh.internal/ns/shop/sa/edge"),
          new ClusterName("east", "mesh.internal"),
          "east-net",
          List.of("10.0.0.1:15012"),
          List.of());

  @Test
  void anEnvoyReadsItsFileAndFindsConfigurationAndKeyAtTheAgentsSocket() throws Exception {
    String yaml = Bootstraps.envoy(config("/run/hawser/host.sock", ""), ENROLMENT);

    Bootstrap.Builder read = Bootstrap.newBuilder();
    JsonFormat.parser()
        .usingTypeRegistry(
            JsonFormat.TypeRegistry.newBuilder().add(HttpProtocolOptions.getDescriptor()).build())
        .merge(new YAMLMapper().readTree(yaml).toString(), read);
    var cluster = read.getStaticResources().getClusters(0);
    assertThat(cluster.getName()).isEqualTo("hawser-sds");
    assertThat(
            cluster
                .getLoadAssignment()
                .getEndpoints(0)
                .getLbEndpoints(0)
                .getEndpoint()
                .getAddress()
                .getPipe()
                .getPath())
        .isEqualTo("/run/hawser/host.sock");
    assertThat(
            read.getDynamicResources()
                .getAdsConfig()
                .getGrpcServices(0)
                .getEnvoyGrpc()
                .getClusterName())
        .isEqualTo("hawser-sds");
    assertThat(read.getAdmin().getAddress().getSocketAddress().getAddress()).isEqualTo("127.0.0.1");
    var claims = read.getNode().getMetadata().getFieldsOrThrow("hawser").getStructValue();
    assertThat(claims.getFieldsOrThrow("kind").getStringValue()).isEqualTo("envoy");
    assertThat(claims.getFieldsOrThrow("inboundPort").getNumberValue()).isEqualTo(15_006);
    var upstream =
        claims.getFieldsOrThrow("upstreams").getListValue().getValues(0).getStructValue();
    assertThat(upstream.getFieldsOrThrow("listen").getStringValue()).isEqualTo("127.0.0.1:9001");
    assertThat(read.getNode().getCluster()).isEqualTo("edge");
    assertThat(read.getNode().getLocality().getZone()).isEqualTo("a");
  }

  @Test
  void aGrpcClientFindsConfigurationAtTheSocketAndItsKeyInTheFiles() throws Exception {
    JsonNode read =
        new ObjectMapper()
            .readTree(Bootstraps.grpc(config("/run/hawser/host.sock", "/run/certs"), ENROLMENT));

    assertThat(read.at("/xds_servers/0/server_uri").asText())
        .isEqualTo("unix:///run/hawser/host.sock");
    assertThat(read.at("/node/metadata/hawser/kind").asText()).isEqualTo("grpc");
    assertThat(read.at("/node/id").asText()).isEqualTo("vm-1-grpc");
    assertThat(read.at("/certificate_providers/default/config/certificate_file").asText())
        .isEqualTo("/run/certs/tls.crt");
  }

  @Test
  void aHostThatServesNothingToOthersHasNoFileForThem() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bootstraps.envoy(config("", ""), ENROLMENT))
        .withMessageContaining("--sds");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bootstraps.grpc(config("/run/hawser/host.sock", ""), ENROLMENT))
        .withMessageContaining("--write-certs");
  }

  private static AgentConfig config(String socket, String certificates) {
    return new AgentConfig(
        "vm-1",
        "10.0.0.9",
        "127.0.0.1",
        "east/a",
        List.of(),
        List.of(UpstreamSpec.parse("orders.shop:8080=9001")),
        List.of(),
        certificates,
        "off",
        Ports.usual(),
        socket,
        "off",
        true);
  }
}
