package dev.hawser.controlplane.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.policy.DestinationRule.Balancer;
import dev.hawser.controlplane.policy.VirtualService.Destination;
import dev.hawser.controlplane.policy.VirtualService.HttpRule;
import dev.hawser.controlplane.policy.VirtualService.PathMatch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of Istio's documents is carried out, and how the rest is refused. */
class PolicyReaderTest {
  @Test
  void aDestinationRuleIsReadWithAllThatItSays() {
    DestinationRule rule =
        (DestinationRule)
            Policies.read(
                """
                apiVersion: networking.istio.io/v1beta1
                kind: DestinationRule
                metadata: {name: orders, namespace: shop, labels: {team: a}}
                spec:
                  host: orders.shop.svc.cluster.local
                  trafficPolicy:
                    loadBalancer:
                      simple: ROUND_ROBIN
                      localityLbSetting:
                        enabled: true
                        distribute:
                        - from: "east/*"
                          to: {"east/*": 70, "west/a": 30}
                    outlierDetection:
                      consecutive5xxErrors: 7
                      consecutiveGatewayErrors: 3
                      interval: 500ms
                      baseEjectionTime: 1m30s
                      maxEjectionPercent: 50
                    connectionPool:
                      tcp: {maxConnections: 10, connectTimeout: 2.5s}
                      http: {http1MaxPendingRequests: 5, http2MaxRequests: 6, maxRequestsPerConnection: 7, maxRetries: 8}
                """);

    assertThat(rule.host()).isEqualTo(ServiceName.parse("orders.shop"));
    assertThat(rule.balancer()).isEqualTo(Balancer.ROUND_ROBIN);
    assertThat(rule.localities().preferNearest()).isFalse();
    assertThat(rule.localities().distribute().getFirst().to())
        .extracting(share -> share.to() + "=" + share.percent())
        .containsExactly("east=70", "west/a=30");
    assertThat(rule.outliers().orElseThrow().consecutive5xx()).hasValue(7);
    assertThat(rule.outliers().orElseThrow().baseEjectionTime()).contains(Duration.ofSeconds(90));
    assertThat(rule.pool().connectTimeout()).contains(Duration.ofMillis(2500));
    assertThat(rule.pool().maxRetries()).hasValue(8);
  }

  @Test
  void aVirtualServiceIsReadWithAllThatItSays() {
    VirtualService routes =
        (VirtualService)
            Policies.read(
                """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: orders, namespace: shop}
                spec:
                  hosts: [orders, orders.shop]
                  http:
                  - name: canary
                    match:
                    - uri: {prefix: /v2/}
                      headers: {X-Canary: {exact: "yes"}}
                      port: 8080
                    route:
                    - destination: {host: orders-v2, port: {number: 9090}}
                      weight: 20
                    - destination: {host: orders.shop}
                      weight: 80
                    timeout: 3s
                    retries: {attempts: 1, perTryTimeout: 1s, retryOn: "reset,503"}
                  - route:
                    - destination: {host: orders}
                """);

    assertThat(routes.hosts()).containsExactly(ServiceName.parse("orders.shop"));
    HttpRule canary = routes.http().getFirst();
    assertThat(canary.matches().getFirst().path()).contains(new PathMatch.Prefix("/v2/"));
    assertThat(canary.matches().getFirst().headers().getFirst().name()).isEqualTo("x-canary");
    assertThat(canary.destinations())
        .containsExactly(
            new Destination(ServiceName.parse("orders-v2.shop"), OptionalInt.of(9090), 20),
            new Destination(ServiceName.parse("orders.shop"), OptionalInt.empty(), 80));
    assertThat(canary.timeout()).contains(Duration.ofSeconds(3));
    assertThat(canary.retries().orElseThrow().retryOn()).containsExactly("reset", "503");
  }

  @Test
  void aFieldThatIsNotCarriedOutIsRefusedByItsPathAndReason() {
    assertThat(
            problems(
                """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: orders, namespace: shop}
                spec:
                  host: orders
                  subsets: [{name: v1}]
                  trafficPolicy:
                    tls: {mode: DISABLE}
                    loadBalancer: {consistentHash: {httpHeaderName: x}}
                    outlierDetection: {minHealthPercent: 10}
                    surprise: 1
                """))
        .anySatisfy(it -> assertThat(it).startsWith("spec.subsets: not supported ("))
        .anySatisfy(it -> assertThat(it).startsWith("spec.trafficPolicy.tls: not supported ("))
        .anySatisfy(
            it -> assertThat(it).startsWith("spec.trafficPolicy.loadBalancer.consistentHash: not"))
        .anySatisfy(
            it -> assertThat(it).startsWith("spec.trafficPolicy.outlierDetection.minHealthPercent"))
        .anySatisfy(it ->
            assertThat(it)
                .startsWith("spec.trafficPolicy.surprise: unknown or not supported (expected:"))
        .hasSize(5);
  }

  @Test
  void allThatIsWrongIsSaidAtOnce() {
    assertThat(
            problems(
                """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: orders, namespace: shop}
                spec:
                  hosts: ["*.example.com"]
                  gateways: [public]
                  http:
                  - match: [{uri: {regex: ".*"}, method: {exact: GET}, port: 70000}]
                    route: [{destination: {host: orders, subset: v1}, weight: 0}]
                    timeout: 5
                    retries: {attempts: 99, retryOn: unicorn}
                    fault: {}
                """))
        .anySatisfy(it -> assertThat(it).startsWith("spec.hosts[0]: '*.example.com' (expected:"))
        .anySatisfy(it -> assertThat(it).startsWith("spec.gateways: not supported"))
        .anySatisfy(it -> assertThat(it).startsWith("spec.http[0].match[0].uri.regex: not"))
        .anySatisfy(it -> assertThat(it).startsWith("spec.http[0].match[0].method: not"))
        .anySatisfy(it -> assertThat(it).startsWith("spec.http[0].match[0].port: 70000 (expected"))
        .anySatisfy(it -> assertThat(it).startsWith("spec.http[0].route[0].destination.subset"))
        .anySatisfy(it -> assertThat(it).contains("weights add up to 0"))
        .anySatisfy(it -> assertThat(it).startsWith("spec.http[0].timeout: 5 (expected: a time"))
        .anySatisfy(it -> assertThat(it).startsWith("spec.http[0].retries.attempts: 99"))
        .anySatisfy(it -> assertThat(it).startsWith("spec.http[0].retries.retryOn: 'unicorn'"))
        .anySatisfy(it -> assertThat(it).startsWith("spec.http[0].fault: not supported"));
  }

  @Test
  void sharesMustAddUpAndFailoverMustGoSomewhereElse() {
    assertThat(
            problems(
                """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: orders, namespace: shop}
                spec:
                  host: orders
                  trafficPolicy:
                    loadBalancer:
                      localityLbSetting:
                        distribute: [{from: east, to: {east: 50}}]
                        failover: [{from: east, to: east}]
                """))
        .anySatisfy(it -> assertThat(it).contains("shares add up to 50"))
        .anySatisfy(it -> assertThat(it).contains("another region than from"))
        .anySatisfy(it -> assertThat(it).contains("beside distribute"));
  }

  @Test
  void aServiceOfTheFileRegistryIsSentToItsDirectory() {
    assertThat(
            problems(
                """
                apiVersion: hawser.dev/v1
                kind: Service
                metadata: {name: orders, namespace: shop}
                spec: {}
                """))
        .singleElement()
        .asString()
        .contains("hawser.registry.file.directory");
  }

  @Test
  void anotherKindAndAnotherVersionAreRefused() {
    assertThat(problems("apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: x}"))
        .containsExactly("kind: 'Gateway' (expected: DestinationRule or VirtualService)");
    assertThat(problems("apiVersion: example.com/v1\nkind: VirtualService\nmetadata: {name: x}"))
        .singleElement()
        .asString()
        .startsWith("apiVersion: 'example.com/v1'");
    assertThat(problems("[]")).first().asString().startsWith("document: [] (expected: an object)");
  }

  @ParameterizedTest
  @CsvSource({
    "1s,1000",
    "1.5s,1500",
    "100ms,100",
    "1m30s,90000",
    "2h,7200000",
    "0s,0",
    "0,0",
    "999us,0"
  })
  void timeSpansAreReadAsIstioWritesThem(String text, long millis) {
    assertThat(Durations.parse(text).orElseThrow().toMillis()).isEqualTo(millis);
  }

  @ParameterizedTest
  @CsvSource({"''", "1", "s", "-1s", "1 s", "1d", "1s1", "99999999999s", "1.s"})
  void anythingElseIsNoTimeSpan(String text) {
    assertThat(Durations.parse(text)).isEmpty();
  }

  private static List<String> problems(String yaml) {
    PolicyReader.Read read =
        new PolicyReader("default")
            .read(Documents.of(yaml).getFirst().tree().orElseThrow(), Instant.EPOCH);
    assertThat(read).isInstanceOf(PolicyReader.Read.Refused.class);
    return ((PolicyReader.Read.Refused) read).problems();
  }
}
