package dev.hawser.proxy.affinity;

import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.UpstreamConfig.Endpoints.Original;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Finds out where a request, or a connection, was going. Pure. */
public final class OriginalWish {
  private OriginalWish() {}

  /**
   * Says where to.
   *
   * @param head of a request; null for a connection of bytes
   * @param redirected where its connection was going; null if it was coming here
   */
  public static Affinity of(
      Original rule, @Nullable Http2Headers head, @Nullable InetSocketAddress redirected) {
    Address named =
        head == null || rule.header().isEmpty() ? null : parse(head.get(rule.header().get()));
    Address wanted =
        named != null || redirected == null
            ? named
            : new Address(redirected.getAddress().getHostAddress(), redirected.getPort());
    return Affinity.to(
        wanted == null || rule.port().isEmpty()
            ? wanted
            : new Address(wanted.host(), rule.port().get()));
  }

  /** Reads an IP address with its port, IPv6 in brackets; null if it is anything else. */
  private static @Nullable Address parse(@Nullable CharSequence text) {
    if (text == null) {
      return null;
    }
    String whole = text.toString();
    int colon = whole.lastIndexOf(':');
    String host = whole.substring(0, Math.max(colon, 0));
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    String address = bracketed ? host.substring(1, host.length() - 1) : host;
    boolean valid =
        bracketed ? NetUtil.isValidIpV6Address(address) : NetUtil.isValidIpV4Address(address);
    String digits = whole.substring(colon + 1);
    if (!valid || !digits.matches("[0-9]{1,5}")) {
      return null;
    }
    int port = Integer.parseInt(digits);
    return port < 1 || port > 65_535 ? null : new Address(address, port);
  }
}
