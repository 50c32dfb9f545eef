package dev.hawser.proxy.codec;

import com.google.protobuf.Struct;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.Balancing;
import dev.hawser.proxy.model.Balancing.Method;
import dev.hawser.proxy.model.Balancing.SlowStart;
import dev.hawser.proxy.model.Subsets;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.time.Duration;
import java.util.Optional;

/** Reads how requests are spread: {@code lb_policy} and the fields that go with it. */
final class BalancingCodec {
  /** The word under our metadata that asks for peaks of latency to count. */
  static final String PEAK_EWMA = "peak_ewma";

  private static final long DEFAULT_DECAY_SECONDS = 10;
  private static final double DEFAULT_MIN_PERCENT = 10;

  private BalancingCodec() {}

  static Balancing read(Cluster cluster) throws ResourceRejectedException {
    Cluster.CommonLbConfig common = cluster.getCommonLbConfig();
    SupportedFields.requireOnly(
        "common_lb_config",
        common,
        "healthy_panic_threshold",
        "locality_weighted_lb_config",
        "consistent_hashing_lb_config");
    Balancing base =
        cluster.hasLoadBalancingPolicy()
            ? PolicyCodec.read("load_balancing_policy", cluster.getLoadBalancingPolicy())
            : byEnum(cluster, common);
    return new Balancing(
        latency(cluster, base.method()),
        base.localityWeighted(),
        panic(cluster, common),
        base.failInPanic(),
        base.slowStart(),
        base.subsets());
  }

  /**
   * Where endpoints have a stability time they are probed, and what is down is tried when nothing
   * else is left: ignoring health before that would only undo what the probes found out.
   */
  private static int panic(Cluster cluster, Cluster.CommonLbConfig common)
      throws ResourceRejectedException {
    if (common.hasHealthyPanicThreshold()) {
      return percent(
          "common_lb_config.healthy_panic_threshold", common.getHealthyPanicThreshold().getValue());
    }
    return Fields.hawser(cluster.getMetadata()).containsFields("stabilitySeconds")
        ? 0
        : Balancing.DEFAULT_PANIC;
  }

  private static Balancing byEnum(Cluster cluster, Cluster.CommonLbConfig common)
      throws ResourceRejectedException {
    Optional<Subsets> subsets =
        cluster.hasLbSubsetConfig()
            ? Optional.of(SubsetCodec.read("lb_subset_config", cluster.getLbSubsetConfig()))
            : Optional.empty();
    return new Balancing(
        method(cluster, common.getConsistentHashingLbConfig()),
        common.hasLocalityWeightedLbConfig(),
        Balancing.DEFAULT_PANIC,
        false,
        slowStart(cluster),
        subsets);
  }

  private static Method method(
      Cluster cluster, Cluster.CommonLbConfig.ConsistentHashingLbConfig hashing)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        "common_lb_config.consistent_hashing_lb_config", hashing, "use_hostname_for_hashing");
    boolean byName = hashing.getUseHostnameForHashing();
    return switch (cluster.getLbPolicy()) {
      case ROUND_ROBIN -> new Method.RoundRobin();
      case RANDOM -> new Method.Random();
      case LEAST_REQUEST -> {
        Cluster.LeastRequestLbConfig config = cluster.getLeastRequestLbConfig();
        SupportedFields.requireOnly(
            "least_request_lb_config",
            config,
            "choice_count",
            "active_request_bias",
            "slow_start_config");
        yield leastRequest(
            "least_request_lb_config",
            config.hasChoiceCount() ? config.getChoiceCount().getValue() : 2,
            config.hasActiveRequestBias() ? config.getActiveRequestBias().getDefaultValue() : 1);
      }
      case RING_HASH -> {
        Cluster.RingHashLbConfig config = cluster.getRingHashLbConfig();
        SupportedFields.requireOnly(
            "ring_hash_lb_config",
            config,
            "minimum_ring_size",
            "maximum_ring_size",
            "hash_function");
        yield ringHash(
            "ring_hash_lb_config",
            config.hasMinimumRingSize() ? config.getMinimumRingSize().getValue() : RING_MIN,
            config.hasMaximumRingSize() ? config.getMaximumRingSize().getValue() : RING_MAX,
            switch (config.getHashFunction()) {
              case XX_HASH -> Balancing.HashFunction.XX_HASH;
              case MURMUR_HASH_2 -> Balancing.HashFunction.MURMUR_HASH_2;
              case UNRECOGNIZED -> throw unknown("ring_hash_lb_config.hash_function");
            },
            byName);
      }
      case MAGLEV -> {
        Cluster.MaglevLbConfig config = cluster.getMaglevLbConfig();
        yield maglev(
            "maglev_lb_config",
            config.hasTableSize() ? config.getTableSize().getValue() : MAGLEV_SIZE,
            byName);
      }
      case CLUSTER_PROVIDED -> {
        if (cluster.getType() != Cluster.DiscoveryType.ORIGINAL_DST) {
          throw Fields.rejected(
              "lb_policy", "CLUSTER_PROVIDED (expected: only with type ORIGINAL_DST)");
        }
        // Each address is the only one that there is for those that go there.
        yield new Method.RoundRobin();
      }
      default ->
          throw Fields.rejected(
              "lb_policy",
              cluster.getLbPolicy()
                  + " (expected: ROUND_ROBIN, LEAST_REQUEST, RANDOM, RING_HASH, MAGLEV or"
                  + " CLUSTER_PROVIDED)");
    };
  }

  static final long RING_MIN = 1024;
  static final long RING_MAX = 8_388_608;
  static final long MAGLEV_SIZE = 65_537;
  private static final long MAGLEV_MAX = 5_000_011;

  static ResourceRejectedException unknown(String path) {
    return Fields.rejected(path, "unknown (expected: a value of this version)");
  }

  static Method leastRequest(String path, int choices, double bias)
      throws ResourceRejectedException {
    if (choices < 2) {
      throw Fields.rejected(path + ".choice_count", choices + " (expected: at least 2)");
    }
    if (!(bias >= 0)) {
      throw Fields.rejected(path + ".active_request_bias", bias + " (expected: not negative)");
    }
    return new Method.LeastRequest(choices, bias);
  }

  static Method ringHash(
      String path, long min, long max, Balancing.HashFunction function, boolean byName)
      throws ResourceRejectedException {
    if (min < 1 || max > RING_MAX || min > max) {
      throw Fields.rejected(
          path + ".minimum_ring_size",
          min
              + " with a maximum of "
              + max
              + " (expected: 1 to the maximum, that to "
              + RING_MAX
              + ")");
    }
    return new Method.RingHash((int) min, (int) max, function, byName);
  }

  static Method maglev(String path, long size, boolean byName) throws ResourceRejectedException {
    if (size < 2 || size > MAGLEV_MAX || !isPrime(size)) {
      throw Fields.rejected(
          path + ".table_size", size + " (expected: a prime, at most " + MAGLEV_MAX + ")");
    }
    return new Method.Maglev((int) size, byName);
  }

  private static boolean isPrime(long number) {
    for (long divisor = 2; divisor * divisor <= number; divisor++) {
      if (number % divisor == 0) {
        return false;
      }
    }
    return true;
  }

  private static Optional<SlowStart> slowStart(Cluster cluster) throws ResourceRejectedException {
    if (cluster.getRoundRobinLbConfig().hasSlowStartConfig()) {
      return slowStart(
          "round_robin_lb_config.slow_start_config",
          cluster.getRoundRobinLbConfig().getSlowStartConfig());
    }
    return cluster.getLeastRequestLbConfig().hasSlowStartConfig()
        ? slowStart(
            "least_request_lb_config.slow_start_config",
            cluster.getLeastRequestLbConfig().getSlowStartConfig())
        : Optional.empty();
  }

  private static Optional<SlowStart> slowStart(String path, Cluster.SlowStartConfig config)
      throws ResourceRejectedException {
    return slowStart(
        path,
        Fields.duration(path + ".slow_start_window", config.getSlowStartWindow()),
        config.hasAggression() ? config.getAggression().getDefaultValue() : 1,
        config.hasMinWeightPercent()
            ? config.getMinWeightPercent().getValue()
            : DEFAULT_MIN_PERCENT);
  }

  static Optional<SlowStart> slowStart(
      String path, Duration window, double aggression, double minPercent)
      throws ResourceRejectedException {
    try {
      return Optional.of(new SlowStart(window, aggression, minPercent));
    } catch (IllegalArgumentException e) {
      throw Fields.rejected(path, String.valueOf(e.getMessage()));
    }
  }

  static int percent(String path, double value) throws ResourceRejectedException {
    if (!(value >= 0 && value <= 100)) {
      throw Fields.rejected(path, value + " (expected: 0-100)");
    }
    return (int) value;
  }

  /** Our own method stands beside the one that a proxy without it uses instead. */
  private static Method latency(Cluster cluster, Method method) throws ResourceRejectedException {
    Struct hawser = Fields.hawser(cluster.getMetadata());
    String word = Fields.text(hawser, "balancer");
    if (word.isEmpty()) {
      return method;
    }
    String path = "metadata.filter_metadata[hawser].balancer";
    if (!word.equals(PEAK_EWMA)) {
      throw Fields.rejected(path, "'" + word + "' (expected: '" + PEAK_EWMA + "')");
    }
    if (!(method instanceof Method.LeastRequest)) {
      throw Fields.rejected(path, "'" + word + "' (expected: only with LEAST_REQUEST)");
    }
    long decay = Fields.number(hawser, "balancerDecaySeconds", DEFAULT_DECAY_SECONDS);
    if (decay < 1) {
      throw Fields.rejected(
          "metadata.filter_metadata[hawser].balancerDecaySeconds",
          decay + " (expected: at least 1)");
    }
    return new Method.PeakEwma(Duration.ofSeconds(decay));
  }
}
