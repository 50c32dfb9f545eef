package dev.hawser.proxy.codec;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hawser.proxy.model.EndpointConfig.Label;
import dev.hawser.proxy.model.LabelSet;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads the labels by which subsets are made, metadata under {@code envoy.lb}. */
final class LabelCodec {
  /** Envoy's key of labels for load balancers. */
  static final String KEY = "envoy.lb";

  private LabelCodec() {}

  /** Returns what a route asks for. */
  static LabelSet wanted(Metadata metadata) {
    return set(metadata.getFilterMetadataOrDefault(KEY, Struct.getDefaultInstance()));
  }

  static LabelSet set(Struct struct) {
    Map<String, String> labels = new HashMap<>();
    struct.getFieldsMap().forEach((name, value) -> labels.put(name, text(value)));
    return LabelSet.of(labels);
  }

  /** Returns what an endpoint has. */
  static Map<String, Label> labels(Metadata metadata) {
    Map<String, Label> labels = new HashMap<>();
    metadata
        .getFilterMetadataOrDefault(KEY, Struct.getDefaultInstance())
        .getFieldsMap()
        .forEach((name, value) -> labels.put(name, label(value)));
    return labels;
  }

  private static Label label(Value value) {
    return new Label(
        text(value),
        value.hasListValue()
            ? value.getListValue().getValuesList().stream().map(LabelCodec::text).toList()
            : List.of(text(value)));
  }

  /** Values of different types are different labels, as in Envoy. */
  private static String text(Value value) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> value.getStringValue();
      case NUMBER_VALUE -> "\0n" + value.getNumberValue();
      case BOOL_VALUE -> "\0b" + value.getBoolValue();
      case NULL_VALUE, KIND_NOT_SET -> "\0null";
      case LIST_VALUE ->
          value.getListValue().getValuesList().stream()
              .map(LabelCodec::text)
              .collect(Collectors.joining("\0,", "\0[", "\0]"));
      case STRUCT_VALUE -> "\0{" + set(value.getStructValue());
    };
  }
}
