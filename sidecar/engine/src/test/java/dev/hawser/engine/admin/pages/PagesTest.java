package dev.hawser.engine.admin.pages;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import com.google.protobuf.util.JsonFormat;
import dev.hawser.engine.admin.AdminRequest;
import dev.hawser.engine.admin.AdminResponse;
import dev.hawser.engine.xds.HeldResource;
import dev.hawser.engine.xds.TypeUrls;
import dev.hawser.trust.testing.TestAuthority;
import io.envoyproxy.envoy.admin.v3.Certificates;
import io.envoyproxy.envoy.admin.v3.Memory;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PagesTest {
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
  void statsAreFilteredAsInEnvoy() {
    var stats = new TreeMap<>(Map.of("cluster.a.rq", 3L, "cluster.b.rq", 0L, "server.live", 1L));

    assertThat(body(StatPages.answer(ask(), stats)))
        .isEqualTo("cluster.a.rq: 3\ncluster.b.rq: 0\nserver.live: 1\n");
    assertThat(body(StatPages.answer(ask("usedonly", "filter=^cluster"), stats)))
        .isEqualTo("cluster.a.rq: 3\n");
    assertThat(body(StatPages.answer(ask("format=json", "filter=live"), stats)))
        .isEqualTo("{\"stats\": [\n{\"name\": \"server.live\", \"value\": 1}]}\n");
    assertThat(StatPages.answer(ask("filter=("), stats).status()).isEqualTo(400);
    assertThat(StatPages.answer(ask("format=xml"), stats).status()).isEqualTo(400);
  }

  @Test
  void certsSayWhenEachEndsAndShowNoKey() throws Exception {
    TestAuthority authority = TestAuthority.create();
    var svid = authority.workload("east", "shop", "web");

    String page =
        body(
            ProcessPages.certs(
                Optional.of(svid), authority.bundles("east", "west"), Instant.now()));

    Certificates.Builder read = Certificates.newBuilder();
    JsonFormat.parser().merge(page, read);
    assertThat(read.getCertificates(0).getCaCertCount()).isEqualTo(2);
    assertThat(read.getCertificates(0).getCertChain(0).getSubjectAltNames(0).getUri())
        .isEqualTo(svid.id().toString());
    assertThat(read.getCertificates(0).getCertChain(0).getDaysUntilExpiration()).isZero();
    assertThat(read.getCertificates(0).getCertChain(1).getDaysUntilExpiration()).isGreaterThan(300);
    assertThat(page).doesNotContain("PRIVATE");
  }

  @Test
  void memoryIsEnvoysMessage() throws Exception {
    Memory.Builder read = Memory.newBuilder();

    JsonFormat.parser().merge(body(ProcessPages.memory()), read);

    assertThat(read.getAllocated()).isPositive();
    assertThat(read.getHeapSize()).isGreaterThanOrEqualTo(read.getAllocated() / 2);
  }

  @Test
  void levelsOfLoggersChangeAllOrNothing() {
    var one = LoggerFactory.getLogger("levels.one");
    var two = LoggerFactory.getLogger("levels.two");
    boolean before = one.isDebugEnabled();

    assertThat(body(LogLevels.change(ask("levels.one=debug")))).contains("  levels.one: debug\n");
    assertThat(one.isDebugEnabled()).isTrue();
    assertThat(two.isDebugEnabled()).isEqualTo(before);
    assertThat(LogLevels.change(ask("paths=levels:warn,levels.two:loud")).status()).isEqualTo(400);
    assertThat(LogLevels.change(ask("paths=levels.one:warn,no.such:warn")).status()).isEqualTo(404);
    assertThat(one.isDebugEnabled()).isTrue();
    assertThat(LogLevels.change(ask("paths=levels:warn")).status()).isEqualTo(200);
    assertThat(one.isInfoEnabled()).isFalse();
    assertThat(LogLevels.change(ask("no.such=debug")).status()).isEqualTo(404);
    assertThat(body(LogLevels.show())).contains("  levels.two: warning\n");
    assertThat(LogLevels.change(ask("paths=levels:info")).status()).isEqualTo(200);
  }

  @Test
  void configDumpHasWhatIsInForceByVersionAndOneThatCannotBeShownHidesNoOther() {
    Listener good = listener("good", Any.pack(TcpProxy.newBuilder().setCluster("c").build()));
    Listener odd =
        listener("odd", Any.pack(StringValue.of("x")).toBuilder().setTypeUrl("x/y").build());
    Map<String, Map<String, HeldResource>> held =
        Map.of(
            TypeUrls.LISTENER,
            new TreeMap<>(Map.of("good", held(good, "7"), "odd", held(odd, "8"))),
            TypeUrls.CLUSTER,
            Map.of("c", held(Cluster.newBuilder().setName("c").build(), "9")));

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

  private static HeldResource held(Message message, String version) {
    return new HeldResource(
        Resource.newBuilder().setResource(Any.pack(message)).setVersion(version).build(),
        Instant.EPOCH);
  }

  private static Listener listener(String name, Any filter) {
    return Listener.newBuilder()
        .setName(name)
        .addFilterChains(
            FilterChain.newBuilder().addFilters(Filter.newBuilder().setTypedConfig(filter)))
        .build();
  }
}
