package dev.hawser.agent.doctor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Asks one server for the IPv4 addresses of a name (RFC 1035, over UDP). The machine's own resolver
 * would not say which server answered, and remembers.
 */
final class DnsQuestion {
  private static final int MAX = 4096;
  private static final int HEADER = 12;
  private static final int TYPE_A = 1;
  private static final int CLASS_IN = 1;
  private static final int RECURSION_DESIRED = 0x0100;
  private static final int CODE = 0x0f;
  private static final int NAME_ERROR = 3;
  private static final int POINTER = 0xc0;

  private final Duration patience;

  DnsQuestion(Duration patience) {
    this.patience = patience;
  }

  DnsAnswer ask(InetSocketAddress server, String name) {
    int id = ThreadLocalRandom.current().nextInt(0x1_0000);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout((int) patience.toMillis());
      // Only from there, and a port where nobody listens is said at once.
      socket.connect(server);
      byte[] question = question(id, name);
      socket.send(new DatagramPacket(question, question.length));
      byte[] buffer = new byte[MAX];
      DatagramPacket answer = new DatagramPacket(buffer, buffer.length);
      socket.receive(answer);
      return read(ByteBuffer.wrap(Arrays.copyOf(buffer, answer.getLength())), id);
    } catch (java.net.SocketTimeoutException _) {
      return new DnsAnswer.Silent("nothing came within " + patience.toSeconds() + " s");
    } catch (IOException e) {
      return new DnsAnswer.Silent(String.valueOf(e.getMessage()));
    }
  }

  private static byte[] question(int id, String name) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int word : new int[] {id, RECURSION_DESIRED, 1, 0, 0, 0}) {
      u16(out, word);
    }
    for (String label : name.split("\\.", -1)) {
      out.write(label.length());
      out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    out.write(0);
    u16(out, TYPE_A);
    u16(out, CLASS_IN);
    return out.toByteArray();
  }

  /** Reads an answer; one that cannot be read is none. */
  static DnsAnswer read(ByteBuffer message, int id) {
    try {
      if (Short.toUnsignedInt(message.getShort()) != id) {
        return new DnsAnswer.Silent("an answer to another question came");
      }
      int code = message.getShort() & CODE;
      int questions = Short.toUnsignedInt(message.getShort());
      int answers = Short.toUnsignedInt(message.getShort());
      message.position(HEADER);
      if (code != 0) {
        return code == NAME_ERROR ? new DnsAnswer.NoSuchName() : new DnsAnswer.Refused(code);
      }
      for (int i = 0; i < questions; i++) {
        skipName(message);
        message.position(message.position() + 4);
      }
      return new DnsAnswer.Addresses(addresses(message, answers));
    } catch (BufferUnderflowException | IllegalArgumentException _) {
      return new DnsAnswer.Silent("the answer ends early");
    }
  }

  private static List<String> addresses(ByteBuffer message, int answers) {
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < answers; i++) {
      skipName(message);
      int type = Short.toUnsignedInt(message.getShort());
      message.position(message.position() + 6);
      byte[] data = new byte[Short.toUnsignedInt(message.getShort())];
      message.get(data);
      if (type == TYPE_A && data.length == 4) {
        addresses.add(literal(data));
      }
    }
    return addresses;
  }

  private static String literal(byte[] octets) {
    try {
      return InetAddress.getByAddress(octets).getHostAddress();
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException("four octets are an address", e);
    }
  }

  private static void skipName(ByteBuffer message) {
    int length = Byte.toUnsignedInt(message.get());
    while (length != 0) {
      if (length >= POINTER) {
        message.get();
        return;
      }
      message.position(message.position() + length);
      length = Byte.toUnsignedInt(message.get());
    }
  }

  private static void u16(ByteArrayOutputStream out, int value) {
    out.write(value >>> 8);
    out.write(value);
  }
}
