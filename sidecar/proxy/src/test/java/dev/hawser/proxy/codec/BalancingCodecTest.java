package dev.hawser.proxy.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.model.Balancing;
import dev.hawser.proxy.model.Balancing.Method;
import dev.hawser.proxy.model.EndpointSet;
import dev.hawser.proxy.model.OutlierPolicy;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.Subsets;
import dev.hawser.proxy.model.UpstreamConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.envoyproxy.envoy.extensions.load_balancing_policies.maglev.v3.Maglev;
import io.envoyproxy.envoy.extensions.load_balancing_policies.pick_first.v3.PickFirst;
import io.envoyproxy.envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash;
import io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import io.envoyproxy.envoy.extensions.load_balancing_policies.subset.v3.Subset;
import io.envoyproxy.envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality;
import io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BalancingCodecTest {
  private static final JsonFormat.Parser PARSER =
      JsonFormat.parser()
          .usingTypeRegistry(
              TypeRegistry.newBuilder()
                  .add(RoundRobin.getDescriptor())
                  .add(LeastRequest.getDescriptor())
                  .add(RingHash.getDescriptor())
                  .add(Maglev.getDescriptor())
                  .add(PickFirst.getDescriptor())
                  .add(Subset.getDescriptor())
                  .add(WrrLocality.getDescriptor())
                  .add(PreviousPrioritiesConfig.getDescriptor())
                  .add(HttpProtocolOptions.getDescriptor())
                  .build());

  private static <B extends Message.Builder> B merge(B builder, String json) {
    try {
      PARSER.merge(json.replace('\'', '"'), builder);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(json, e);
    }
    return builder;
  }

  private static UpstreamConfig cluster(String json) throws ResourceRejectedException {
    return ClusterCodec.read(merge(Cluster.newBuilder().setName("a"), json).build());
  }

  private static String eds(String more) {
    return "{'type':'EDS'," + more + "}";
  }

  private static String typed(String name, String more) {
    return "{'typedExtensionConfig':{'name':'n','typedConfig':{'@type':"
        + "'type.googleapis.com/envoy.extensions.load_balancing_policies."
        + name
        + "'"
        + more
        + "}}}";
  }

  private static Balancing balancing(String more) throws ResourceRejectedException {
    return cluster(eds(more)).balancing();
  }

  private static Balancing policies(String... policies) throws ResourceRejectedException {
    return balancing("'loadBalancingPolicy':{'policies':[" + String.join(",", policies) + "]}");
  }

  @Test
  void bothFormsMeanTheSame() throws Exception {
    assertThat(
            balancing(
                "'lbPolicy':'ROUND_ROBIN','roundRobinLbConfig':{'slowStartConfig':"
                    + "{'slowStartWindow':'60s','aggression':{'defaultValue':2,'runtimeKey':'k'}}}"))
        .isEqualTo(
            policies(
                typed(
                    "round_robin.v3.RoundRobin",
                    ",'slowStartConfig':{'slowStartWindow':'60s',"
                        + "'aggression':{'defaultValue':2,'runtimeKey':'k'}}")));
    assertThat(balancing("'lbPolicy':'LEAST_REQUEST','leastRequestLbConfig':{'choiceCount':4}"))
        .isEqualTo(policies(typed("least_request.v3.LeastRequest", ",'choiceCount':4")));
    assertThat(
            balancing(
                "'lbPolicy':'RING_HASH','ringHashLbConfig':{'minimumRingSize':'64',"
                    + "'maximumRingSize':'128','hashFunction':'MURMUR_HASH_2'}"))
        .isEqualTo(
            policies(
                typed(
                    "ring_hash.v3.RingHash",
                    ",'minimumRingSize':'64','maximumRingSize':'128',"
                        + "'hashFunction':'MURMUR_HASH_2'")));
    assertThat(balancing("'lbPolicy':'MAGLEV'").method())
        .isEqualTo(new Method.Maglev(65_537, false))
        .isEqualTo(policies(typed("maglev.v3.Maglev", "")).method());
  }

  @Test
  void firstKnownPolicyOfAListCounts() throws Exception {
    assertThat(
            policies(
                    typed("pick_first.v3.PickFirst", ""),
                    typed("round_robin.v3.RoundRobin", ""),
                    typed("maglev.v3.Maglev", ""))
                .method())
        .isEqualTo(new Method.RoundRobin());
    assertThatThrownBy(() -> policies(typed("pick_first.v3.PickFirst", "")))
        .isInstanceOf(ResourceRejectedException.class)
        .hasMessageStartingWith("load_balancing_policy.policies: ");
  }

  @Test
  void subsetsAndLocalitiesWrapAnotherPolicy() throws Exception {
    Balancing found =
        policies(
            typed(
                "subset.v3.Subset",
                ",'fallbackPolicy':'DEFAULT_SUBSET','defaultSubset':{'stage':'prod'},"
                    + "'subsetSelectors':[{'keys':['stage','version'],"
                    + "'fallbackPolicy':'KEYS_SUBSET','fallbackKeysSubset':['stage']}],"
                    + "'subsetLbPolicy':{'policies':["
                    + typed(
                        "wrr_locality.v3.WrrLocality",
                        ",'endpointPickingPolicy':{'policies':["
                            + typed("round_robin.v3.RoundRobin", "")
                            + "]}")
                    + "]}"));

    assertThat(found.localityWeighted()).isTrue();
    assertThat(found.method()).isEqualTo(new Method.RoundRobin());
    assertThat(found.subsets())
        .hasValueSatisfying(subsets -> {
          assertThat(subsets.fallback()).isEqualTo(Subsets.Fallback.DEFAULT_SUBSET);
          assertThat(subsets.selectors())
              .containsExactly(
                  new Subsets.Selector(
                      Set.of("stage", "version"), Subsets.Fallback.KEYS_SUBSET, Set.of("stage")));
        });
  }

  @Test
  void peaksOfLatencyAreAskedForBesideWhatOthersUnderstand() throws Exception {
    assertThat(
            balancing(
                    "'lbPolicy':'LEAST_REQUEST','metadata':{'filterMetadata':{'hawser':"
                        + "{'balancer':'peak_ewma','balancerDecaySeconds':5}}}")
                .method())
        .isEqualTo(new Method.PeakEwma(Duration.ofSeconds(5)));
    assertThat(balancing("'commonLbConfig':{'healthyPanicThreshold':{'value':0}}").panicPercent())
        .isZero();
  }

  @Test
  void panicIsAsInEnvoyUnlessTheMeshProbesItsEndpoints() throws Exception {
    assertThat(balancing("'lbPolicy':'RANDOM'").panicPercent()).isEqualTo(50);
    assertThat(
            balancing("'metadata':{'filterMetadata':{'hawser':{'stabilitySeconds':10}}}")
                .panicPercent())
        .isZero();
  }

  @Test
  void outliersBreakersAndConnectionsAreRead() throws Exception {
    UpstreamConfig found =
        cluster(
            eds(
                "'outlierDetection':{'consecutive5xx':7,'enforcingConsecutive5xx':50,"
                    + "'splitExternalLocalOriginErrors':true,'failurePercentageThreshold':60,"
                    + "'enforcingFailurePercentage':100,'maxEjectionTimeJitter':'1s',"
                    + "'alwaysEjectOneHost':true},"
                    + "'circuitBreakers':{'thresholds':[{'maxConnections':1,"
                    + "'maxPendingRequests':2,'maxRequests':3,'maxConnectionPools':5,"
                    + "'trackRemaining':true,'retryBudget':{'budgetPercent':{'value':25}}}],"
                    + "'perHostThresholds':[{'maxConnections':9}]},"
                    + "'perConnectionBufferLimitBytes':32768,"
                    + "'upstreamConnectionOptions':{'tcpKeepalive':{'keepaliveTime':7}},"
                    + "'typedExtensionProtocolOptions':{"
                    + "'envoy.extensions.upstreams.http.v3.HttpProtocolOptions':{'@type':"
                    + "'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',"
                    + "'commonHttpProtocolOptions':{'maxRequestsPerConnection':10,"
                    + "'maxConnectionDuration':'30s','idleTimeout':'5s'},"
                    + "'explicitHttpConfig':{'httpProtocolOptions':{}}}}"));

    assertThat(found.outliers().serverErrors()).isEqualTo(new OutlierPolicy.InRow(7, 50));
    assertThat(found.outliers().split()).isTrue();
    assertThat(found.outliers().failurePercent().threshold()).isEqualTo(60);
    assertThat(found.outliers().ejection().alwaysOne()).isTrue();
    assertThat(found.limits().maxConnections()).isEqualTo(1);
    assertThat(found.limits().maxConnectionsPerEndpoint()).isEqualTo(9);
    assertThat(found.limits().maxPools()).isEqualTo(5);
    assertThat(found.limits().budget()).contains(new UpstreamConfig.Budget(25, 3));
    assertThat(found.connections().maxRequests()).isEqualTo(10);
    assertThat(found.connections().maxDuration()).contains(Duration.ofSeconds(30));
    assertThat(found.connections().bufferBytes()).isEqualTo(32_768);
    assertThat(found.idleTimeout()).contains(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'lbPolicy':'MAGLEV','maglevLbConfig':{'tableSize':'100'} | maglev_lb_config.table_size",
        "'lbPolicy':'RING_HASH','ringHashLbConfig':{'minimumRingSize':'9','maximumRingSize':'5'}"
            + " | ring_hash_lb_config.minimum_ring_size",
        "'commonLbConfig':{'zoneAwareLbConfig':{'minClusterSize':'1'}}"
            + " | common_lb_config.zone_aware_lb_config",
        "'commonLbConfig':{'consistentHashingLbConfig':{'hashBalanceFactor':150}}"
            + " | common_lb_config.consistent_hashing_lb_config.hash_balance_factor",
        "'lbSubsetConfig':{'localityWeightAware':true} | lb_subset_config.locality_weight_aware",
        "'lbSubsetConfig':{'subsetSelectors':[{'keys':['a'],'singleHostPerSubset':true}]}"
            + " | lb_subset_config.subset_selectors[0].single_host_per_subset",
        "'circuitBreakers':{'thresholds':[{'priority':'HIGH'}]}"
            + " | circuit_breakers.thresholds[0].priority",
        "'outlierDetection':{'monitors':[{'name':'x'}]} | outlier_detection.monitors",
        "'outlierDetection':{'enforcingSuccessRate':101} | outlier_detection",
        "'healthChecks':[{'timeout':'1s','interval':'1s','unhealthyThreshold':1,"
            + "'healthyThreshold':1,'httpHealthCheck':{'path':'/','send':{'text':'00'}}}]"
            + " | health_checks[0].http_health_check.send",
        "'healthChecks':[{'timeout':'1s','interval':'1s','healthyThreshold':1,"
            + "'tcpHealthCheck':{}}] | health_checks[0]",
        "'healthChecks':[{'timeout':'1s','interval':'1s','unhealthyThreshold':1,"
            + "'healthyThreshold':1,'tcpHealthCheck':{'send':{'text':'xyz'}}}]"
            + " | health_checks[0].tcp_health_check.send",
        "'metadata':{'filterMetadata':{'hawser':{'balancer':'fastest'}}}"
            + " | metadata.filter_metadata[hawser].balancer",
        "'upstreamConnectionOptions':{'setLocalInterfaceNameOnUpstreamConnections':true}"
            + " | upstream_connection_options.set_local_interface_name_on_upstream_connections",
        "'connectionPoolPerDownstreamConnection':true | connection_pool_per_downstream_connection",
      })
  void whatWouldNotBeObeyedIsRefusedByItsPath(String json, String path) {
    assertThatThrownBy(() -> cluster(eds(json)))
        .isInstanceOf(ResourceRejectedException.class)
        .hasMessageStartingWith(path + ": ");
  }

  @Test
  void originalDestinationIsWhereARequestWasGoing() throws Exception {
    assertThat(cluster("{'type':'ORIGINAL_DST','lbPolicy':'CLUSTER_PROVIDED'}").endpoints())
        .isEqualTo(
            new UpstreamConfig.Endpoints.Original(
                Optional.empty(), Optional.empty(), Duration.ofSeconds(5)));
    assertThat(
            cluster(
                    "{'type':'ORIGINAL_DST','lbPolicy':'CLUSTER_PROVIDED','cleanupInterval':'9s',"
                        + "'originalDstLbConfig':{'useHttpHeader':true,'httpHeaderName':'X-To',"
                        + "'upstreamPortOverride':81}}")
                .endpoints())
        .isEqualTo(
            new UpstreamConfig.Endpoints.Original(
                Optional.of("x-to"), Optional.of(81), Duration.ofSeconds(9)));
  }

  @Test
  void labelsOfEndpointsKeepTheirTypes() throws Exception {
    EndpointSet set =
        EndpointCodec.read(
            merge(
                    ClusterLoadAssignment.newBuilder().setClusterName("a"),
                    "{'endpoints':[{'lbEndpoints':[{'endpoint':{'address':{'socketAddress':"
                        + "{'address':'10.0.0.1','portValue':80}}},'metadata':{'filterMetadata':"
                        + "{'envoy.lb':{'version':'1','number':1,'all':['x','y'],"
                        + "'hash_key':'k'}}}}]}],'policy':{'weightedPriorityHealth':true}}")
                .build());

    var traits = set.groups().getFirst().endpoints().getFirst().traits();
    assertThat(traits.hashKey()).isEqualTo("k");
    assertThat(traits.labels().get("version")).isNotEqualTo(traits.labels().get("number"));
    assertThat(Objects.requireNonNull(traits.labels().get("all")).items())
        .containsExactly("x", "y");
    assertThat(set.healthByWeight()).isTrue();
  }

  private static RetryRule retries(String json) throws ResourceRejectedException {
    return RetryCodec.rule("retry_policy", merge(RetryPolicy.newBuilder(), json).build());
  }

  @Test
  void retriesAreReadInFull() throws Exception {
    RetryRule rule =
        retries(
            "{'retryOn':'5xx,retriable-4xx,envoy-ratelimited,retriable-headers,"
                + "reset-before-request,cancelled,unavailable','numRetries':3,"
                + "'perTryIdleTimeout':'2s','retryBackOff':{'baseInterval':'0.010s'},"
                + "'rateLimitedRetryBackOff':{'resetHeaders':[{'name':'Retry-After'}]},"
                + "'retriableHeaders':[{'name':'x-again'}],'retryPriority':{'name':"
                + "'envoy.retry_priorities.previous_priorities','typedConfig':{'@type':"
                + "'type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3"
                + ".PreviousPrioritiesConfig','updateFrequency':2}}}");

    assertThat(rule.grpcStatuses()).containsExactlyInAnyOrder(1, 14);
    assertThat(rule.on()).contains(RetryRule.Condition.RATE_LIMITED).hasSize(5);
    assertThat(rule.backOff())
        .contains(new RetryRule.BackOff(Duration.ofMillis(10), Duration.ofMillis(100)));
    assertThat(rule.rateLimited().orElseThrow().headers().getFirst().name())
        .isEqualTo("retry-after");
    assertThat(rule.priorityRounds()).isEqualTo(2);
    assertThat(rule.perTryIdle()).contains(Duration.ofSeconds(2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'retryOn':'http3-post-connect-failure'} | retry_policy.retry_on",
        "{'retryBackOff':{'baseInterval':'0s'}} | retry_policy.retry_back_off.base_interval",
        "{'retryHostPredicate':[{'name':'envoy.retry_host_predicates.omit_canary_hosts'}]}"
            + " | retry_policy.retry_host_predicate",
        "{'retryPriority':{'name':'other'}} | retry_policy.retry_priority.name",
        "{'retryOptionsPredicates':[{'name':'x'}]} | retry_policy.retry_options_predicates",
        "{'rateLimitedRetryBackOff':{}}"
            + " | retry_policy.rate_limited_retry_back_off.reset_headers",
      })
  void retriesThatWouldNotBeMadeAreRefusedByTheirPath(String json, String path) {
    assertThatThrownBy(() -> retries(json))
        .isInstanceOf(ResourceRejectedException.class)
        .hasMessageStartingWith(path + ": ");
  }
}
