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
    StringBuilder name = new StringBuilder();
    for (int at = 12; query[at] != 0; at += 1 + query[at]) {
      name.append(name.isEmpty() ? "" : ".")
          .append(new String(query, at + 1, query[at], StandardCharsets.US_ASCII));
    }
    return name.toString();
  }

  static List<String> addresses(byte[] answer) throws IOException {
    List<String> addresses = new ArrayList<>();
    int count = (answer[6] & 0xFF) << 8 | (answer[7] & 0xFF);
    int at = questionEnd(answer);
    for (int i = 0; i < count; i++) {
      int length = (answer[at + 10] & 0xFF) << 8 | (answer[at + 11] & 0xFF);
      addresses.add(
          InetAddress.getByAddress(Arrays.copyOfRange(answer, at + 12, at + 12 + length))
              .getHostAddress());
      at += 12 + length;
    }
    return addresses;
  }

  private static int questionEnd(byte[] message) {
    int at = 12;
    while (message[at] != 0) {
      at += 1 + message[at];
    }
    return at + 5;
  }
}
