package dev.hawser.engine.xds;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Refuses what nobody here would obey, so that nothing is ignored in silence. */
public final class SupportedFields {
  private SupportedFields() {}

  /**
   * Refuses fields that are set and not among the given ones.
   *
   * @param path of the message within its resource, empty for the resource itself
   * @param names as in the .proto file
   */
  public static void requireOnly(String path, Message message, String... names)
      throws ResourceRejectedException {
    List<String> known = Arrays.asList(names);
    for (FieldDescriptor field : message.getAllFields().keySet()) {
      if (!known.contains(field.getName())) {
        throw new ResourceRejectedException(
            join(path, field.getName()), "not supported (expected: only " + known + ")");
      }
    }
  }

  /** Refuses fields, at any depth, that are newer than the messages this proxy was built with. */
  public static void requireKnown(Message message) throws ResourceRejectedException {
    requireKnown("", message);
  }

  private static void requireKnown(String path, Message message) throws ResourceRejectedException {
    if (!message.getUnknownFields().asMap().isEmpty()) {
      Object number = message.getUnknownFields().asMap().keySet().iterator().next();
      throw new ResourceRejectedException(
          join(path, "#" + number),
          "unknown field of " + message.getDescriptorForType().getFullName());
    }
    for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
      String name = join(path, entry.getKey().getName());
      if (entry.getValue() instanceof Message inner) {
        requireKnown(name, inner);
      } else if (entry.getValue() instanceof List<?> list) {
        for (int i = 0; i < list.size(); i++) {
          if (list.get(i) instanceof Message inner) {
            requireKnown(name + "[" + i + "]", inner);
          }
        }
      }
    }
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
