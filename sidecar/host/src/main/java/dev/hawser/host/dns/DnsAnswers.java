package dev.hawser.host.dns;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.util.List;

/** Writes our own answers. */
final class DnsAnswers {
  static final int FORMAT_ERROR = 1;
  static final int SERVER_FAILURE = 2;
  static final int NAME_ERROR = 3;
  static final int NOT_IMPLEMENTED = 4;
  static final int REFUSED = 5;

  /** So many fit into 512 octets beside the longest name, also with an OPT record. */
  private static final int MAX_ADDRESSES = 8;

  private static final int POINTER_TO_QUESTION = 0xC000 | DnsQuery.HEADER;
  private static final int AUTHORITATIVE = 0x04;
  private static final int UDP_SIZE = 1232;

  private DnsAnswers() {}

  /** Returns an answer with the addresses that fit the question's type; maybe none. */
  static byte[] addresses(DnsQuery query, List<InetAddress> addresses, long ttlSeconds) {
    List<byte[]> fitting =
        addresses.stream()
            .map(InetAddress::getAddress)
            .filter(address -> fits(query.type(), address.length))
            .limit(MAX_ADDRESSES)
            .toList();
    ByteArrayOutputStream out = begin(query, AUTHORITATIVE, 0, fitting.size(), 0);
    fitting.forEach(address -> address(out, POINTER_TO_QUESTION, address, ttlSeconds));
    return end(query, out);
  }

  /** Returns where a port of a service is (RFC 2782): at the host, whose addresses are told too. */
  static byte[] service(DnsQuery query, int port, List<InetAddress> addresses, long ttlSeconds) {
    int host = 0xC000 | query.hostAt();
    List<byte[]> told =
        addresses.stream().map(InetAddress::getAddress).limit(MAX_ADDRESSES).toList();
    byte[] target = query.hostOctets();
    ByteArrayOutputStream out = begin(query, AUTHORITATIVE, 0, 1, told.size());
    record(out, POINTER_TO_QUESTION, DnsQuery.TYPE_SRV, ttlSeconds, 6 + target.length);
    u16(out, 0);
    u16(out, 100);
    u16(out, port);
    out.writeBytes(target); // never compressed here
    told.forEach(address -> address(out, host, address, ttlSeconds));
    return end(query, out);
  }

  private static void address(
      ByteArrayOutputStream out, int name, byte[] address, long ttlSeconds) {
    int type = address.length == 4 ? DnsQuery.TYPE_A : DnsQuery.TYPE_AAAA;
    record(out, name, type, ttlSeconds, address.length);
    out.writeBytes(address);
  }

  private static void record(
      ByteArrayOutputStream out, int name, int type, long ttlSeconds, int length) {
    u16(out, name);
    u16(out, type);
    u16(out, 1);
    u16(out, (int) (ttlSeconds >>> 16));
    u16(out, (int) ttlSeconds);
    u16(out, length);
  }

  /** Returns an answer that is an error. */
  static byte[] error(DnsQuery query, int rcode) {
    return end(query, begin(query, rcode == NAME_ERROR ? AUTHORITATIVE : 0, rcode, 0, 0));
  }

  /** Returns an error for a message whose question could not be read: the header alone. */
  static byte[] error(byte[] message, int rcode) {
    byte[] answer = new byte[DnsQuery.HEADER];
    System.arraycopy(message, 0, answer, 0, 4);
    answer[2] = (byte) (0x80 | (answer[2] & 0x79));
    answer[3] = (byte) rcode;
    return answer;
  }

  private static boolean fits(int type, int length) {
    return switch (type) {
      case DnsQuery.TYPE_A -> length == 4;
      case DnsQuery.TYPE_AAAA -> length == 16;
      case DnsQuery.TYPE_ANY -> true;
      default -> false;
    };
  }

  private static ByteArrayOutputStream begin(
      DnsQuery query, int flags, int rcode, int answers, int additional) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    u16(out, query.id());
    int recursionDesired = query.message()[2] & 0x01;
    out.write(0x80 | flags | recursionDesired);
    // Recursion is available: other names are passed on.
    out.write(0x80 | rcode);
    u16(out, 1);
    u16(out, answers);
    u16(out, 0);
    u16(out, additional + (query.edns() ? 1 : 0));
    out.write(query.message(), DnsQuery.HEADER, query.questionEnd() - DnsQuery.HEADER);
    return out;
  }

  private static byte[] end(DnsQuery query, ByteArrayOutputStream out) {
    if (query.edns()) {
      out.write(0);
      u16(out, DnsQuery.TYPE_OPT);
      u16(out, UDP_SIZE);
      u16(out, 0);
      u16(out, 0);
      u16(out, 0);
    }
    return out.toByteArray();
  }

  private static void u16(ByteArrayOutputStream out, int value) {
    out.write(value >>> 8);
    out.write(value);
  }
}
