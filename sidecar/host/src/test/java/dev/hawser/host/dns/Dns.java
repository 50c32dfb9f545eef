package dev.hawser.host.dns;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes queries and answers and reads answers, on its own, as another implementation would. */
final class Dns {
  private Dns() {}

  static byte[] query(int id, String name, int type) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeShort(id);
    out.writeShort(0x0100);
    out.writeShort(1);
    out.writeShort(0);
    out.writeShort(0);
    out.writeShort(0);
    for (String label : name.split("\\.", -1)) {
      out.writeByte(label.length());
      out.write(label.getBytes(StandardCharsets.US_ASCII));
    }
    out.writeByte(0);
    out.writeShort(type);
    out.writeShort(1);
    return bytes.toByteArray();
  }

  static byte[] withOpt(byte[] query) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(query);
    out.writeByte(0);
    out.writeShort(41);
    out.writeShort(4096);
    out.writeInt(0);
    out.writeShort(0);
    byte[] message = bytes.toByteArray();
    message[11] = 1;
    return message;
  }

  /** Answers a query with one address of 60 s. */
  static byte[] answer(byte[] query, int id, String address) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeShort(id);
    out.writeShort(0x8180);
    out.writeShort(1);
    out.writeShort(1);
    out.writeShort(0);
    out.writeShort(0);
    out.write(query, 12, questionEnd(query) - 12);
    out.writeShort(0xC00C);
    out.writeShort(1);
    out.writeShort(1);
    out.writeInt(60);
    out.writeShort(4);
    out.write(InetAddress.ofLiteral(address).getAddress());
    return bytes.toByteArray();
  }

  static int id(byte[] message) {
    return (message[0] & 0xFF) << 8 | (message[1] & 0xFF);
  }

  static int rcode(byte[] message) {
    return message[3] & 0x0F;
  }

  static String name(byte[] query) {
    return nameAt(query, 12);
  }

  private static String nameAt(byte[] message, int start) {
    StringBuilder name = new StringBuilder();
    for (int at = start; message[at] != 0; at += 1 + message[at]) {
      name.append(name.isEmpty() ? "" : ".")
          .append(new String(message, at + 1, message[at], StandardCharsets.US_ASCII));
    }
    return name.toString();
  }

  /** Returns the addresses that are told, beside the answer too. */
  static List<String> addresses(byte[] answer) throws IOException {
    List<String> addresses = new ArrayList<>();
    for (byte[] data : records(answer, 1, 28)) {
      addresses.add(InetAddress.getByAddress(data).getHostAddress());
    }
    return addresses;
  }

  /** Returns {@code priority weight port target} of each record of RFC 2782. */
  static List<String> services(byte[] answer) {
    List<String> services = new ArrayList<>();
    for (byte[] data : records(answer, 33)) {
      services.add(u16(data, 0) + " " + u16(data, 2) + " " + u16(data, 4) + " " + nameAt(data, 6));
    }
    return services;
  }

  /** Returns the data of the records of some types; names before them are pointers. */
  private static List<byte[]> records(byte[] answer, int... types) {
    List<byte[]> found = new ArrayList<>();
    int count = u16(answer, 6) + u16(answer, 10);
    int at = questionEnd(answer);
    for (int i = 0; i < count; i++) {
      at += answer[at] == 0 ? 1 : 2;
      int length = u16(answer, at + 8);
      int type = u16(answer, at);
      if (Arrays.stream(types).anyMatch(wanted -> wanted == type)) {
        found.add(Arrays.copyOfRange(answer, at + 10, at + 10 + length));
      }
      at += 10 + length;
    }
    return found;
  }

  private static int u16(byte[] bytes, int at) {
    return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
  }

  private static int questionEnd(byte[] message) {
    int at = 12;
    while (message[at] != 0) {
      at += 1 + message[at];
    }
    return at + 5;
  }
}
