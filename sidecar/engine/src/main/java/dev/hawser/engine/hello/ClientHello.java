package dev.hawser.engine.hello;

import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the body of one whole ClientHello. */
final class ClientHello {
  private static final int RANDOM = 32;
  private static final int MAX_SESSION_ID = 32;
  private static final int EXTENSION_SERVER_NAME = 0;
  private static final int EXTENSION_ALPN = 16;
  private static final int NAME_TYPE_HOST = 0;
  private static final int MAX_NAME = 253;
  private static final int MAX_LABEL = 63;

  private @Nullable String name;
  private @Nullable List<String> alpn;

  private ClientHello() {}

  /** Ends the reading; carries no stack, since a stranger can cause it at will. */
  private static final class Refused extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    Refused(String reason) {
      super(reason, null, false, false);
    }
  }

  static Detection read(ByteBuf body) {
    ClientHello hello = new ClientHello();
    try {
      hello.body(body);
    } catch (Refused e) {
      return new Detection.Malformed(String.valueOf(e.getMessage()));
    }
    List<String> protocols = hello.alpn == null ? List.of() : hello.alpn;
    return hello.name == null
        ? new Detection.NoSni(protocols)
        : new Detection.Sni(hello.name, protocols);
  }

  private void body(ByteBuf in) throws Refused {
    take(in, 2 + RANDOM, "version and random");
    if (vector(in, 1, "session id").readableBytes() > MAX_SESSION_ID) {
      throw new Refused("a session id longer than 32 octets");
    }
    int suites = vector(in, 2, "cipher suites").readableBytes();
    if (suites == 0 || suites % 2 != 0) {
      throw new Refused("cipher suites of " + suites + " octets");
    }
    if (!vector(in, 1, "compression methods").isReadable()) {
      throw new Refused("no compression methods");
    }
    if (!in.isReadable()) {
      return; // TLS 1.2 and older may send no extensions at all
    }
    ByteBuf extensions = vector(in, 2, "extensions");
    if (in.isReadable()) {
      throw new Refused("octets after the extensions");
    }
    while (extensions.isReadable()) {
      int type = number(extensions, 2, "extension type");
      ByteBuf extension = vector(extensions, 2, "extension");
      switch (type) {
        case EXTENSION_SERVER_NAME -> serverName(extension);
        case EXTENSION_ALPN -> protocols(extension);
        default -> {
          // Nothing else decides about the route.
        }
      }
    }
  }

  private void serverName(ByteBuf extension) throws Refused {
    if (name != null) {
      throw new Refused("two server name extensions");
    }
    ByteBuf names = vector(extension, 2, "server name list");
    if (extension.isReadable()) {
      throw new Refused("octets after the server name list");
    }
    if (number(names, 1, "server name type") != NAME_TYPE_HOST) {
      throw new Refused("a server name that is not a host name");
    }
    ByteBuf host = vector(names, 2, "server name");
    if (names.isReadable()) {
      throw new Refused("two server names");
    }
    name = hostName(host);
  }

  private static String hostName(ByteBuf host) throws Refused {
    int size = host.readableBytes();
    if (size == 0 || size > MAX_NAME) {
      throw new Refused("a server name of " + size + " octets");
    }
    byte[] text = new byte[size];
    int label = 0;
    for (int i = 0; i < size; i++) {
      byte c = host.readByte();
      if (c == '.') {
        if (label == 0) {
          throw new Refused("a server name with an empty label");
        }
        label = 0;
      } else if (++label > MAX_LABEL) {
        throw new Refused("a server name with a label longer than 63 octets");
      }
      text[i] = folded(c);
    }
    if (label == 0) {
      throw new Refused("a server name that ends with a dot");
    }
    String folded = new String(text, StandardCharsets.US_ASCII);
    if (NetUtil.isValidIpV4Address(folded)) {
      throw new Refused("an IP address as server name");
    }
    return folded;
  }

  /** Only A-Z folds; anything that is not of a host name, NUL and colon included, is refused. */
  private static byte folded(byte c) throws Refused {
    if (c >= 'A' && c <= 'Z') {
      return (byte) (c + ('a' - 'A'));
    }
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.') {
      return c;
    }
    throw new Refused("a server name with the octet " + (c & 0xff));
  }

  private void protocols(ByteBuf extension) throws Refused {
    if (alpn != null) {
      throw new Refused("two lists of application protocols");
    }
    ByteBuf list = vector(extension, 2, "application protocols");
    if (extension.isReadable() || !list.isReadable()) {
      throw new Refused("a broken list of application protocols");
    }
    List<String> found = new ArrayList<>(2);
    while (list.isReadable()) {
      ByteBuf protocol = vector(list, 1, "application protocol");
      if (!protocol.isReadable()) {
        throw new Refused("an empty application protocol");
      }
      found.add(protocol.toString(StandardCharsets.ISO_8859_1));
    }
    alpn = List.copyOf(found);
  }

  private static int number(ByteBuf in, int octets, String what) throws Refused {
    if (in.readableBytes() < octets) {
      throw new Refused("an end within " + what);
    }
    return octets == 1 ? in.readUnsignedByte() : in.readUnsignedShort();
  }

  private static ByteBuf vector(ByteBuf in, int lengthOctets, String what) throws Refused {
    return take(in, number(in, lengthOctets, what), what);
  }

  private static ByteBuf take(ByteBuf in, int octets, String what) throws Refused {
    if (in.readableBytes() < octets) {
      throw new Refused("an end within " + what);
    }
    return in.readSlice(octets);
  }
}
