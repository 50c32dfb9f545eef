package dev.hawser.proxy.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.Subsets;
import dev.hawser.proxy.model.Subsets.Fallback;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbSubsetConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.subset.v3.Subset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** Reads which parts of an upstream's endpoints routes may ask for. */
final class SubsetCodec {
  private SubsetCodec() {}

  /** Reads the typed form, whose fields are those of the other one by number and meaning. */
  static Subsets read(String path, Subset typed) throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        typed,
        "fallback_policy",
        "default_subset",
        "subset_selectors",
        "panic_mode_any",
        "list_as_any",
        "subset_lb_policy");
    try {
      return read(
          path,
          LbSubsetConfig.parseFrom(typed.toBuilder().clearSubsetLbPolicy().build().toByteString()));
    } catch (InvalidProtocolBufferException e) {
      throw Fields.rejected(path, "does not parse: " + e.getMessage());
    }
  }

  static Subsets read(String path, LbSubsetConfig config) throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        config,
        "fallback_policy",
        "default_subset",
        "subset_selectors",
        "panic_mode_any",
        "list_as_any");
    List<Subsets.Selector> selectors = new ArrayList<>();
    for (int i = 0; i < config.getSubsetSelectorsCount(); i++) {
      selectors.add(selector(path + ".subset_selectors[" + i + "]", config.getSubsetSelectors(i)));
    }
    Fallback fallback =
        switch (config.getFallbackPolicy()) {
          case NO_FALLBACK -> Fallback.NO_FALLBACK;
          case ANY_ENDPOINT -> Fallback.ANY_ENDPOINT;
          case DEFAULT_SUBSET -> Fallback.DEFAULT_SUBSET;
          case UNRECOGNIZED -> throw BalancingCodec.unknown(path + ".fallback_policy");
        };
    return new Subsets(
        fallback,
        LabelCodec.set(config.getDefaultSubset()),
        selectors,
        config.getListAsAny(),
        config.getPanicModeAny());
  }

  private static Subsets.Selector selector(String path, LbSubsetConfig.LbSubsetSelector selector)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, selector, "keys", "fallback_policy", "fallback_keys_subset");
    if (selector.getKeysCount() == 0) {
      throw Fields.rejected(path + ".keys", "none (expected: at least one)");
    }
    Fallback fallback =
        switch (selector.getFallbackPolicy()) {
          case NOT_DEFINED -> Fallback.NOT_DEFINED;
          case NO_FALLBACK -> Fallback.NO_FALLBACK;
          case ANY_ENDPOINT -> Fallback.ANY_ENDPOINT;
          case DEFAULT_SUBSET -> Fallback.DEFAULT_SUBSET;
          case KEYS_SUBSET -> Fallback.KEYS_SUBSET;
          case UNRECOGNIZED -> throw BalancingCodec.unknown(path + ".fallback_policy");
        };
    try {
      return new Subsets.Selector(
          new HashSet<>(selector.getKeysList()),
          fallback,
          new HashSet<>(selector.getFallbackKeysSubsetList()));
    } catch (IllegalArgumentException e) {
      throw Fields.rejected(path + ".fallback_keys_subset", String.valueOf(e.getMessage()));
    }
  }
}
