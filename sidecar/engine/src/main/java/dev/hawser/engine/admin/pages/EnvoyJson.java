package dev.hawser.engine.admin.pages;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;

/** Writes Envoy's messages as Envoy's admin does: fields by their names in the protocol. */
public final class EnvoyJson {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().preservingProtoFieldNames();

  private EnvoyJson() {}

  /**
   * Writes a message that has no part of a type of its own ({@code Any}).
   *
   * @throws IllegalArgumentException if it has one
   */
  public static String write(Message message) {
    return write(PRINTER, message);
  }

  /** The same with numbers that are 0 and the first word of a list of words, which often matter. */
  static String whole(Message message) {
    return write(PRINTER.alwaysPrintFieldsWithNoPresence(), message);
  }

  private static String write(JsonFormat.Printer printer, Message message) {
    try {
      return printer.print(message) + "\n";
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("message with a part of another type", e);
    }
  }
}
