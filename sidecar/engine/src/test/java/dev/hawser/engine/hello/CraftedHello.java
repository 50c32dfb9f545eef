package dev.hawser.engine.hello;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Builds ClientHellos that no honest client sends. */
final class CraftedHello {
  private final List<byte[]> extensions = new ArrayList<>();
  private int sessionId = 32;
  private int suites = 4;
  private int compressions = 1;

  CraftedHello sessionId(int octets) {
    sessionId = octets;
    return this;
  }

  CraftedHello suites(int octets) {
    suites = octets;
    return this;
  }

  CraftedHello compressions(int octets) {
    compressions = octets;
    return this;
  }

  CraftedHello extension(int type, byte[] body) {
    ByteBuf out = Unpooled.buffer().writeShort(type).writeShort(body.length).writeBytes(body);
    extensions.add(ByteBufUtil.getBytes(out));
    return this;
  }

  CraftedHello sni(String... names) {
    return sni(0, names);
  }

  CraftedHello sni(int type, String... names) {
    ByteBuf list = Unpooled.buffer();
    for (String name : names) {
      byte[] octets = name.getBytes(StandardCharsets.ISO_8859_1);
      list.writeByte(type).writeShort(octets.length).writeBytes(octets);
    }
    ByteBuf body = Unpooled.buffer().writeShort(list.readableBytes()).writeBytes(list);
    return extension(0, ByteBufUtil.getBytes(body));
  }

  CraftedHello alpn(String... protocols) {
    ByteBuf list = Unpooled.buffer();
    for (String protocol : protocols) {
      list.writeByte(protocol.length()).writeBytes(protocol.getBytes(StandardCharsets.US_ASCII));
    }
    ByteBuf body = Unpooled.buffer().writeShort(list.readableBytes()).writeBytes(list);
    return extension(16, ByteBufUtil.getBytes(body));
  }

  /** Returns the handshake message with its header. */
  byte[] message() {
    ByteBuf body = Unpooled.buffer().writeShort(0x0303).writeZero(32);
    body.writeByte(sessionId).writeZero(sessionId);
    body.writeShort(suites).writeZero(suites);
    body.writeByte(compressions).writeZero(compressions);
    if (!extensions.isEmpty()) {
      int size = extensions.stream().mapToInt(e -> e.length).sum();
      body.writeShort(size);
      extensions.forEach(body::writeBytes);
    }
    ByteBuf message =
        Unpooled.buffer().writeByte(1).writeMedium(body.readableBytes()).writeBytes(body);
    return ByteBufUtil.getBytes(message);
  }

  /** Returns the message in records of the given sizes; the last takes the rest. */
  static byte[] records(byte[] message, int... sizes) {
    ByteBuf out = Unpooled.buffer();
    int at = 0;
    for (int size : sizes) {
      int step = Math.min(size, message.length - at);
      if (step > 0) {
        record(out, message, at, step);
        at += step;
      }
    }
    while (at < message.length) {
      int step = Math.min(1 << 14, message.length - at);
      record(out, message, at, step);
      at += step;
    }
    return ByteBufUtil.getBytes(out);
  }

  private static void record(ByteBuf out, byte[] message, int at, int size) {
    out.writeByte(22).writeShort(0x0301).writeShort(size).writeBytes(message, at, size);
  }

  byte[] bytes() {
    return records(message());
  }
}
