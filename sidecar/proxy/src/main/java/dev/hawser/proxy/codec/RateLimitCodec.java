package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.FieldMatch;
import dev.hawser.proxy.model.HeaderOp;
import dev.hawser.proxy.model.HeaderText;
import dev.hawser.proxy.model.RateLimits;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads how routes describe requests for limits, and what all limits have in common. */
final class RateLimitCodec {
  private static final int MAX_STAGE = 10;

  private RateLimitCodec() {}

  static List<RateLimits.Rule> rules(String path, List<RateLimit> limits)
      throws ResourceRejectedException {
    List<RateLimits.Rule> rules = new ArrayList<>();
    for (int i = 0; i < limits.size(); i++) {
      RateLimit limit = limits.get(i);
      String at = path + "[" + i + "]";
      SupportedFields.requireOnly(at, limit, "stage", "actions");
      List<RateLimits.Action> actions = new ArrayList<>();
      for (int j = 0; j < limit.getActionsCount(); j++) {
        actions.add(action(at + ".actions[" + j + "]", limit.getActions(j)));
      }
      if (actions.isEmpty()) {
        throw Fields.rejected(at + ".actions", "none (expected: at least one)");
      }
      rules.add(new RateLimits.Rule(stage(at + ".stage", limit.getStage().getValue()), actions));
    }
    return rules;
  }

  static int stage(String path, int stage) throws ResourceRejectedException {
    if (stage < 0 || stage > MAX_STAGE) {
      throw Fields.rejected(
          path, Integer.toUnsignedString(stage) + " (expected: 0-" + MAX_STAGE + ")");
    }
    return stage;
  }

  private static RateLimits.Action action(String path, RateLimit.Action action)
      throws ResourceRejectedException {
    return switch (action.getActionSpecifierCase()) {
      case REQUEST_HEADERS -> {
        RateLimit.Action.RequestHeaders header = action.getRequestHeaders();
        String at = path + ".request_headers";
        SupportedFields.requireOnly(at, header, "header_name", "descriptor_key", "skip_if_absent");
        yield new RateLimits.Action.Header(
            header.getHeaderName().toLowerCase(Locale.ROOT),
            filled(at + ".descriptor_key", header.getDescriptorKey()),
            header.getSkipIfAbsent());
      }
      case REMOTE_ADDRESS -> new RateLimits.Action.RemoteAddress();
      case GENERIC_KEY -> {
        RateLimit.Action.GenericKey key = action.getGenericKey();
        String at = path + ".generic_key";
        SupportedFields.requireOnly(at, key, "descriptor_value", "descriptor_key");
        yield new RateLimits.Action.Fixed(
            otherwise(key.getDescriptorKey(), "generic_key"),
            filled(at + ".descriptor_value", key.getDescriptorValue()));
      }
      case HEADER_VALUE_MATCH ->
          headers(path + ".header_value_match", action.getHeaderValueMatch());
      case QUERY_PARAMETER_VALUE_MATCH ->
          query(path + ".query_parameter_value_match", action.getQueryParameterValueMatch());
      case METADATA -> metadata(path + ".metadata", action.getMetadata());
      default ->
          throw Fields.rejected(
              path,
              action.getActionSpecifierCase()
                  + " (expected: request_headers, remote_address, generic_key, header_value_match,"
                  + " query_parameter_value_match or metadata)");
    };
  }

  private static RateLimits.Action headers(String path, RateLimit.Action.HeaderValueMatch match)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path, match, "descriptor_key", "descriptor_value", "expect_match", "headers");
    List<FieldMatch> headers = TextCodec.headers(path + ".headers", match.getHeadersList());
    return new RateLimits.Action.IfHeaders(
        otherwise(match.getDescriptorKey(), "header_match"),
        filled(path + ".descriptor_value", match.getDescriptorValue()),
        !match.hasExpectMatch() || match.getExpectMatch().getValue(),
        headers);
  }

  private static RateLimits.Action query(
      String path, RateLimit.Action.QueryParameterValueMatch match)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path, match, "descriptor_key", "descriptor_value", "expect_match", "query_parameters");
    return new RateLimits.Action.IfQuery(
        otherwise(match.getDescriptorKey(), "query_match"),
        filled(path + ".descriptor_value", match.getDescriptorValue()),
        !match.hasExpectMatch() || match.getExpectMatch().getValue(),
        TextCodec.query(path + ".query_parameters", match.getQueryParametersList()));
  }

  private static RateLimits.Action metadata(String path, RateLimit.Action.MetaData data)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, data, "descriptor_key", "metadata_key", "default_value");
    List<String> keys = new ArrayList<>();
    for (MetadataKey.PathSegment segment : data.getMetadataKey().getPathList()) {
      keys.add(segment.getKey());
    }
    if (keys.isEmpty()) {
      throw Fields.rejected(path + ".metadata_key.path", "empty (expected: at least one key)");
    }
    return new RateLimits.Action.Said(
        filled(path + ".descriptor_key", data.getDescriptorKey()),
        data.getMetadataKey().getKey(),
        keys,
        data.getDefaultValue());
  }

  static String filled(String path, String value) throws ResourceRejectedException {
    if (value.isEmpty()) {
      throw Fields.rejected(path, "empty (expected: a text)");
    }
    return value;
  }

  private static String otherwise(String key, String other) {
    return key.isEmpty() ? other : key;
  }

  static RateLimits.Bucket bucket(String path, io.envoyproxy.envoy.type.v3.TokenBucket bucket)
      throws ResourceRejectedException {
    int perFill = bucket.hasTokensPerFill() ? bucket.getTokensPerFill().getValue() : 1;
    Duration interval = Fields.duration(path + ".fill_interval", bucket.getFillInterval());
    if (bucket.getMaxTokens() < 1 || perFill < 1) {
      throw Fields.rejected(
          path,
          bucket.getMaxTokens() + " tokens, " + perFill + " a fill (expected: both 1-2147483647)");
    }
    if (interval.toMillis() < 50) {
      throw Fields.rejected(
          path + ".fill_interval", interval.toMillis() + " ms (expected: at least 50 ms)");
    }
    return new RateLimits.Bucket(bucket.getMaxTokens(), perFill, interval);
  }

  /** Reads headers that do not depend on the request. */
  static List<HeaderOp> fixed(String path, List<HeaderValueOption> options)
      throws ResourceRejectedException {
    List<HeaderOp> ops = new ArrayList<>();
    for (int i = 0; i < options.size(); i++) {
      String at = path + "[" + i + "]";
      HeaderOp.Put put = HeaderOpsCodec.put(at, options.get(i));
      if (!put.value().parts().stream().allMatch(HeaderText.Part.Literal.class::isInstance)) {
        throw Fields.rejected(at + ".header.value", "has a command (expected: text alone)");
      }
      ops.add(put);
    }
    return ops;
  }

  /** Reads with what a request beyond a limit is answered. */
  static int status(String path, int status) throws ResourceRejectedException {
    if (status == 0) {
      return 429;
    }
    if (status < 400 || status > 599) {
      throw Fields.rejected(path, status + " (expected: 400-599)");
    }
    return status;
  }
}
