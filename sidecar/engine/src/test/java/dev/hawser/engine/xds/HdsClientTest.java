package dev.hawser.engine.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.engine.testing.FakeControlPlane;
import dev.hawser.engine.testing.MutableIdentity;
import dev.hawser.engine.tls.MeshTls;
import dev.hawser.trust.testing.TestAuthority;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.health.v3.Capability;
import io.envoyproxy.envoy.service.health.v3.ClusterEndpointsHealth;
import io.envoyproxy.envoy.service.health.v3.ClusterHealthCheck;
import io.envoyproxy.envoy.service.health.v3.EndpointHealthResponse;
import io.envoyproxy.envoy.service.health.v3.HealthCheckRequest;
import io.envoyproxy.envoy.service.health.v3.HealthCheckSpecifier;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HdsClientTest {
  private static final Node NODE = Node.newBuilder().setId("gateway-1").build();

  private final TestAuthority authority = TestAuthority.create();
  private final MutableIdentity identity =
      new MutableIdentity(authority.gateway("east"), authority.bundles("east"));

  @Test
  void introducesItselfProbesWhatIsAskedAndReportsAtTheInterval() throws Exception {
    AtomicReference<HealthCheckSpecifier> asked = new AtomicReference<>();
    HdsClient.Prober prober =
        new HdsClient.Prober() {
          @Override
          public void probe(HealthCheckSpecifier specifier) {
            asked.set(specifier);
          }

          @Override
          public EndpointHealthResponse results() {
            return EndpointHealthResponse.newBuilder()
                .addClusterEndpointsHealth(
                    ClusterEndpointsHealth.newBuilder().setClusterName("gateway.west"))
                .build();
          }
        };
    try (var server =
            new FakeControlPlane(authority.controlPlane("east"), authority.bundles("east"));
        var tls = MeshTls.start(identity, MeshTls.Options.defaults());
        var dialer =
            new ControlPlaneDialer(
                tls,
                identity,
                new ClusterName("east", "mesh.internal"),
                () -> List.of(server.address()));
        var client = new HdsClient(NODE, dialer, prober)) {
      client.start();
      HealthCheckRequest hello = server.health().poll(10, TimeUnit.SECONDS).getHealthCheckRequest();
      assertThat(hello.getNode()).isEqualTo(NODE);
      assertThat(hello.getCapability().getHealthCheckProtocolsList())
          .containsExactly(Capability.Protocol.HTTP);
      HealthCheckSpecifier specifier =
          HealthCheckSpecifier.newBuilder()
              .setInterval(Duration.newBuilder().setNanos(100_000_000))
              .addClusterHealthChecks(
                  ClusterHealthCheck.newBuilder().setClusterName("gateway.west"))
              .build();
      server.ask(specifier);
      await().until(() -> specifier.equals(asked.get()));
      for (int i = 0; i < 3; i++) {
        assertThat(
                server
                    .health()
                    .poll(10, TimeUnit.SECONDS)
                    .getEndpointHealthResponse()
                    .getClusterEndpointsHealth(0)
                    .getClusterName())
            .isEqualTo("gateway.west");
      }
      assertThat(client.isConnected()).isTrue();
    }
  }
}
