package dev.hawser.proxy.upstream;

import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns hosts into IP addresses. Most are addresses already; a name is looked up off the event loop
 * and remembered, and while a lookup fails the last answer serves.
 */
final class HostResolver {
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int MAX_NAMES = 1000;

  private record Answer(InetAddress address, long at) {}

  private final Map<String, Answer> answers = new ConcurrentHashMap<>();

  /**
   * Finds the address.
   *
   * @param then called on the loop, at once if the answer is known; with null if there is none
   */
  void resolve(String host, EventLoop loop, Consumer<@Nullable InetAddress> then) {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
    if (literal != null) {
      then.accept(ofBytes(literal));
      return;
    }
    Answer known = answers.get(host);
    if (known != null && System.nanoTime() - known.at() < FRESH_NANOS) {
      then.accept(known.address());
      return;
    }
    Thread.ofVirtual()
        .name("resolve-" + host)
        .start(() -> {
          InetAddress found = lookUp(host);
          InetAddress answer = found == null && known != null ? known.address() : found;
          loop.execute(() -> then.accept(answer));
        });
  }

  private @Nullable InetAddress lookUp(String host) {
    try {
      InetAddress found = InetAddress.getByName(host);
      if (answers.size() < MAX_NAMES) {
        answers.put(host, new Answer(found, System.nanoTime()));
      }
      return found;
    } catch (UnknownHostException _) {
      return null;
    }
  }

  private static InetAddress ofBytes(byte[] literal) {
    try {
      return InetAddress.getByAddress(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an IP address has 4 or 16 bytes", e);
    }
  }
}
