package dev.hawser.api.naming;

import java.util.OptionalInt;

/**
 * The server name (RFC 6066 section 3) that carries one connection to one port of one service in
 * one cluster: {@code p8080.orders.shop.east.mesh.internal}, or to one slot of it: {@code
 * s3.p8080.orders.shop.east.mesh.internal}.
 *
 * <p>The name is derived from the service and nothing else, and reads back to exactly the same
 * value.
 *
 * @param slot 0-9999, or empty for the service-level name
 * @param port 1-65535
 */
public record SniName(OptionalInt slot, int port, ServiceName service, ClusterName cluster) {
  /** The highest slot number; four digits keep the longest name within 253 octets. */
  public static final int MAX_SLOT = 9999;

  private static final int MAX_PORT = 65_535;

  public SniName {
    if (slot.isPresent() && (slot.getAsInt() < 0 || slot.getAsInt() > MAX_SLOT)) {
      throw new IllegalArgumentException(
          "slot: " + slot.getAsInt() + " (expected: 0-" + MAX_SLOT + ")");
    }
    if (port < 1 || port > MAX_PORT) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1-" + MAX_PORT + ")");
    }
  }

  public static SniName ofService(int port, ServiceName service, ClusterName cluster) {
    return new SniName(OptionalInt.empty(), port, service, cluster);
  }

  public static SniName ofSlot(int slot, int port, ServiceName service, ClusterName cluster) {
    return new SniName(OptionalInt.of(slot), port, service, cluster);
  }

  /** Returns the same name without its slot. */
  public SniName serviceLevel() {
    return slot.isEmpty() ? this : ofService(port, service, cluster);
  }

  /** Returns the name as it is sent; always lower case. */
  public String encode() {
    String serviceLevel =
        "p" + port + "." + service.name() + "." + service.namespace() + "." + cluster.trustDomain();
    return slot.isPresent() ? "s" + slot.getAsInt() + "." + serviceLevel : serviceLevel;
  }

  /** What a server name turned out to be, seen from one cluster. */
  public sealed interface Parsed {
    /** A service's port in the cluster that was asked for. */
    record Name(SniName sni) implements Parsed {}

    /** Not a name of that cluster; {@code reason} is a sentence fragment for logs. */
    record Unknown(String reason) implements Parsed {}
  }

  /**
   * Reads a server name from the right, against the exact suffix of one cluster.
   *
   * @param text as received; upper case is folded (RFC 6066: host names are case-insensitive)
   * @param cluster whose names are known
   */
  public static Parsed parse(String text, ClusterName cluster) {
    if (text.length() > 253) {
      return new Parsed.Unknown("longer than 253 octets");
    }
    String name = asciiLowerCase(text);
    String suffix = "." + cluster.trustDomain();
    if (!name.endsWith(suffix)) {
      return new Parsed.Unknown("not under " + cluster.trustDomain());
    }
    String[] labels = name.substring(0, name.length() - suffix.length()).split("\\.", -1);
    if (labels.length != 3 && labels.length != 4) {
      return new Parsed.Unknown("not [slot.]port.service.namespace");
    }
    int at = labels.length - 3;
    OptionalInt port = number(labels[at], 'p', MAX_PORT);
    if (port.isEmpty() || port.getAsInt() == 0) {
      return new Parsed.Unknown("no port label");
    }
    OptionalInt slot = OptionalInt.empty();
    if (at == 1) {
      slot = number(labels[0], 's', MAX_SLOT);
      if (slot.isEmpty()) {
        return new Parsed.Unknown("no slot label");
      }
    }
    if (!Labels.isLabel(labels[at + 1]) || !Labels.isLabel(labels[at + 2])) {
      return new Parsed.Unknown("service or namespace is not a label");
    }
    ServiceName service = new ServiceName(labels[at + 1], labels[at + 2]);
    return new Parsed.Name(new SniName(slot, port.getAsInt(), service, cluster));
  }

  /**
   * Reads a letter and a decimal number without leading zeros, so that one value has one spelling.
   */
  private static OptionalInt number(String label, char letter, int highest) {
    int length = label.length();
    if (length < 2
        || length > 6
        || label.charAt(0) != letter
        || (label.charAt(1) == '0' && length > 2)) {
      return OptionalInt.empty();
    }
    int value = 0;
    for (int i = 1; i < length; i++) {
      char c = label.charAt(i);
      if (c < '0' || c > '9') {
        return OptionalInt.empty();
      }
      value = value * 10 + (c - '0');
    }
    return value > highest ? OptionalInt.empty() : OptionalInt.of(value);
  }

  /**
   * Only A-Z folds: a locale or Unicode rule would let two different byte strings become one name.
   */
  private static String asciiLowerCase(String text) {
    StringBuilder lower = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      lower.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
    }
    return lower.toString();
  }
}
