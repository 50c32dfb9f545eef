package dev.hawser.proxy.codec;

import com.google.protobuf.Any;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.Balancing;
import dev.hawser.proxy.model.Balancing.Method;
import dev.hawser.proxy.model.Balancing.SlowStart;
import io.envoyproxy.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.envoyproxy.envoy.extensions.load_balancing_policies.common.v3.ConsistentHashingLbConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.common.v3.SlowStartConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.envoyproxy.envoy.extensions.load_balancing_policies.maglev.v3.Maglev;
import io.envoyproxy.envoy.extensions.load_balancing_policies.random.v3.Random;
import io.envoyproxy.envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash;
import io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import io.envoyproxy.envoy.extensions.load_balancing_policies.subset.v3.Subset;
import io.envoyproxy.envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code load_balancing_policy}: the first of its policies that is known here counts, as the
 * message wants it.
 */
final class PolicyCodec {
  private static final String TYPES = "type.googleapis.com/";

  /** Policies in policies: subsets of localities of a plain one, and no deeper. */
  private static final int MAX_DEPTH = 3;

  private PolicyCodec() {}

  static Balancing read(String path, LoadBalancingPolicy policy) throws ResourceRejectedException {
    return read(path, policy, MAX_DEPTH);
  }

  private static Balancing read(String path, LoadBalancingPolicy policy, int depth)
      throws ResourceRejectedException {
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < policy.getPoliciesCount(); i++) {
      Any any = policy.getPolicies(i).getTypedExtensionConfig().getTypedConfig();
      String at = path + ".policies[" + i + "].typed_extension_config.typed_config";
      String type = any.getTypeUrl();
      String name = type.startsWith(TYPES) ? type.substring(TYPES.length()) : type;
      Optional<Balancing> found = known(at, name, any, depth);
      if (found.isPresent()) {
        return found.get();
      }
      seen.add(name);
    }
    throw Fields.rejected(
        path + ".policies",
        seen
            + " (expected: one of round_robin, least_request, random, ring_hash, maglev, subset or"
            + " wrr_locality)");
  }

  private static Optional<Balancing> known(String path, String name, Any any, int depth)
      throws ResourceRejectedException {
    String folder = "envoy.extensions.load_balancing_policies.";
    return Optional.ofNullable(
        switch (name.startsWith(folder) ? name.substring(folder.length()) : "") {
          case "round_robin.v3.RoundRobin" ->
              roundRobin(path, Fields.unpack(path, any, RoundRobin.getDefaultInstance()));
          case "least_request.v3.LeastRequest" ->
              leastRequest(path, Fields.unpack(path, any, LeastRequest.getDefaultInstance()));
          case "random.v3.Random" ->
              random(path, Fields.unpack(path, any, Random.getDefaultInstance()));
          case "ring_hash.v3.RingHash" ->
              ringHash(path, Fields.unpack(path, any, RingHash.getDefaultInstance()));
          case "maglev.v3.Maglev" ->
              maglev(path, Fields.unpack(path, any, Maglev.getDefaultInstance()));
          case "subset.v3.Subset" ->
              subset(path, Fields.unpack(path, any, Subset.getDefaultInstance()), depth);
          case "wrr_locality.v3.WrrLocality" ->
              localities(path, Fields.unpack(path, any, WrrLocality.getDefaultInstance()), depth);
          default -> null;
        });
  }

  private static Balancing with(
      Method method, boolean localityWeighted, Optional<SlowStart> slowStart) {
    return new Balancing(
        method, localityWeighted, Balancing.DEFAULT_PANIC, false, slowStart, Optional.empty());
  }

  private static Balancing roundRobin(String path, RoundRobin config)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, config, "slow_start_config", "locality_lb_config");
    return with(
        new Method.RoundRobin(),
        weighted(path, config.getLocalityLbConfig()),
        slowStart(path, config.hasSlowStartConfig(), config.getSlowStartConfig()));
  }

  private static Balancing leastRequest(String path, LeastRequest config)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        config,
        "choice_count",
        "active_request_bias",
        "slow_start_config",
        "locality_lb_config");
    return with(
        BalancingCodec.leastRequest(
            path,
            config.hasChoiceCount() ? config.getChoiceCount().getValue() : 2,
            config.hasActiveRequestBias() ? config.getActiveRequestBias().getDefaultValue() : 1),
        weighted(path, config.getLocalityLbConfig()),
        slowStart(path, config.hasSlowStartConfig(), config.getSlowStartConfig()));
  }

  private static Balancing random(String path, Random config) throws ResourceRejectedException {
    SupportedFields.requireOnly(path, config, "locality_lb_config");
    return with(
        new Method.Random(), weighted(path, config.getLocalityLbConfig()), Optional.empty());
  }

  private static Balancing ringHash(String path, RingHash config) throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        config,
        "hash_function",
        "minimum_ring_size",
        "maximum_ring_size",
        "consistent_hashing_lb_config",
        "locality_weighted_lb_config");
    Method method =
        BalancingCodec.ringHash(
            path,
            config.hasMinimumRingSize()
                ? config.getMinimumRingSize().getValue()
                : BalancingCodec.RING_MIN,
            config.hasMaximumRingSize()
                ? config.getMaximumRingSize().getValue()
                : BalancingCodec.RING_MAX,
            switch (config.getHashFunction()) {
              case DEFAULT_HASH, XX_HASH -> Balancing.HashFunction.XX_HASH;
              case MURMUR_HASH_2 -> Balancing.HashFunction.MURMUR_HASH_2;
              case UNRECOGNIZED -> throw BalancingCodec.unknown(path + ".hash_function");
            },
            byName(path, config.getConsistentHashingLbConfig()));
    return with(method, config.hasLocalityWeightedLbConfig(), Optional.empty());
  }

  private static Balancing maglev(String path, Maglev config) throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path, config, "table_size", "consistent_hashing_lb_config", "locality_weighted_lb_config");
    Method method =
        BalancingCodec.maglev(
            path,
            config.hasTableSize() ? config.getTableSize().getValue() : BalancingCodec.MAGLEV_SIZE,
            byName(path, config.getConsistentHashingLbConfig()));
    return with(method, config.hasLocalityWeightedLbConfig(), Optional.empty());
  }

  private static Balancing subset(String path, Subset config, int depth)
      throws ResourceRejectedException {
    Balancing inner = inner(path + ".subset_lb_policy", config.getSubsetLbPolicy(), depth);
    return new Balancing(
        inner.method(),
        inner.localityWeighted(),
        inner.panicPercent(),
        inner.failInPanic(),
        inner.slowStart(),
        Optional.of(SubsetCodec.read(path, config)));
  }

  private static Balancing localities(String path, WrrLocality config, int depth)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, config, "endpoint_picking_policy");
    return inner(path + ".endpoint_picking_policy", config.getEndpointPickingPolicy(), depth)
        .withLocalityWeights(true);
  }

  private static Balancing inner(String path, LoadBalancingPolicy policy, int depth)
      throws ResourceRejectedException {
    if (depth == 0) {
      throw Fields.rejected(path, "too deep (expected: at most " + MAX_DEPTH + " in another)");
    }
    return read(path, policy, depth - 1);
  }

  private static boolean weighted(String path, LocalityLbConfig config)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path + ".locality_lb_config", config, "locality_weighted_lb_config");
    return config.hasLocalityWeightedLbConfig();
  }

  private static boolean byName(String path, ConsistentHashingLbConfig config)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path + ".consistent_hashing_lb_config", config, "use_hostname_for_hashing");
    return config.getUseHostnameForHashing();
  }

  private static Optional<SlowStart> slowStart(String path, boolean present, SlowStartConfig config)
      throws ResourceRejectedException {
    String at = path + ".slow_start_config";
    return present
        ? BalancingCodec.slowStart(
            at,
            Fields.duration(at + ".slow_start_window", config.getSlowStartWindow()),
            config.hasAggression() ? config.getAggression().getDefaultValue() : 1,
            config.hasMinWeightPercent() ? config.getMinWeightPercent().getValue() : 10)
        : Optional.empty();
  }
}
