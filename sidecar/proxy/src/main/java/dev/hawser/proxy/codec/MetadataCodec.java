package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.ValueMatch;
import io.envoyproxy.envoy.type.matcher.v3.DoubleMatcher;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import java.util.ArrayList;
import java.util.List;

/** Reads tests of what filters tell each other. */
final class MetadataCodec {
  private static final int MAX_DEPTH = 16;

  private MetadataCodec() {}

  static Access.Rule.Told rule(String path, MetadataMatcher matcher)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, matcher, "filter", "path", "value", "invert");
    List<String> keys = new ArrayList<>();
    for (MetadataMatcher.PathSegment segment : matcher.getPathList()) {
      keys.add(segment.getKey());
    }
    if (keys.isEmpty()) {
      throw Fields.rejected(path + ".path", "empty (expected: at least one key)");
    }
    return new Access.Rule.Told(
        matcher.getFilter(),
        keys,
        value(path + ".value", matcher.getValue(), 0),
        matcher.getInvert());
  }

  private static ValueMatch value(String path, ValueMatcher matcher, int depth)
      throws ResourceRejectedException {
    if (depth > MAX_DEPTH) {
      throw Fields.rejected(path, "more than " + MAX_DEPTH + " levels");
    }
    return switch (matcher.getMatchPatternCase()) {
      case STRING_MATCH ->
          new ValueMatch.Text(TextCodec.text(path + ".string_match", matcher.getStringMatch()));
      case BOOL_MATCH -> new ValueMatch.Flag(matcher.getBoolMatch());
      case PRESENT_MATCH -> new ValueMatch.Present(matcher.getPresentMatch());
      case DOUBLE_MATCH -> range(path + ".double_match", matcher.getDoubleMatch());
      case LIST_MATCH -> {
        SupportedFields.requireOnly(path + ".list_match", matcher.getListMatch(), "one_of");
        yield new ValueMatch.OneItem(
            value(path + ".list_match.one_of", matcher.getListMatch().getOneOf(), depth + 1));
      }
      case OR_MATCH -> {
        List<ValueMatch> all = new ArrayList<>();
        for (ValueMatcher one : matcher.getOrMatch().getValueMatchersList()) {
          all.add(value(path + ".or_match.value_matchers[" + all.size() + "]", one, depth + 1));
        }
        yield new ValueMatch.OneOf(all);
      }
      default ->
          throw Fields.rejected(
              path,
              matcher.getMatchPatternCase()
                  + " (expected: string, bool, present, double, list or or_match)");
    };
  }

  private static ValueMatch range(String path, DoubleMatcher matcher)
      throws ResourceRejectedException {
    return switch (matcher.getMatchPatternCase()) {
      case EXACT -> new ValueMatch.Range(matcher.getExact(), matcher.getExact());
      case RANGE -> {
        double first = matcher.getRange().getStart();
        double last = matcher.getRange().getEnd();
        if (!(first < last)) {
          throw Fields.rejected(path + ".range", first + "-" + last + " (expected: start < end)");
        }
        yield new ValueMatch.Range(first, last);
      }
      default -> throw Fields.rejected(path, "neither exact nor range");
    };
  }
}
