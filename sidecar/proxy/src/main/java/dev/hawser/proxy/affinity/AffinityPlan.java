package dev.hawser.proxy.affinity;

import dev.hawser.proxy.model.LabelSet;
import dev.hawser.proxy.model.Stickiness;
import dev.hawser.proxy.model.Stickiness.Source;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Works out from a request where it wants to go, with the same hashes as Envoy. Pure. */
public final class AffinityPlan {
  private static final String COOKIE = "cookie";

  /**
   * What a request says.
   *
   * @param setCookie to be added to its response; null for none
   */
  public record Found(Affinity affinity, @Nullable String setCookie) {
    private static final Found NOTHING = new Found(Affinity.NONE, null);
  }

  private final Http2Headers request;
  private final @Nullable InetSocketAddress remote;
  private final @Nullable InetSocketAddress local;
  private boolean hashed;
  private long hash;
  private @Nullable String setCookie;

  private AffinityPlan(
      Http2Headers request, @Nullable InetSocketAddress remote, @Nullable InetSocketAddress local) {
    this.request = request;
    this.remote = remote;
    this.local = local;
  }

  /**
   * Reads a request. Costs nothing where the route says nothing.
   *
   * @param labels that the endpoint must have
   * @param remote where the request came from
   * @param local where it came to
   */
  public static Found find(
      Stickiness stickiness,
      LabelSet labels,
      Http2Headers request,
      @Nullable InetSocketAddress remote,
      @Nullable InetSocketAddress local) {
    if (stickiness.policies().isEmpty() && labels.isEmpty()) {
      return Found.NOTHING;
    }
    return new AffinityPlan(request, remote, local).find(stickiness, labels);
  }

  private Found find(Stickiness stickiness, LabelSet labels) {
    for (Stickiness.Policy policy : stickiness.policies()) {
      switch (policy.source()) {
        case Source.Header(String name) -> header(name);
        case Source.Query(String name) -> query(name);
        case Source.Address _ -> address();
        case Source.Cookie cookie -> cookie(cookie);
      }
      if (policy.terminal() && hashed) {
        break;
      }
    }
    LabelSet wanted = labels.isEmpty() ? null : labels;
    return new Found(new Affinity(hashed, hash, wanted, null), setCookie);
  }

  /** Turning the old value keeps equal rules from cancelling each other out. */
  private void add(long part) {
    hash = (hashed ? Long.rotateLeft(hash, 1) : 0) ^ part;
    hashed = true;
  }

  private void header(String name) {
    if (name.equals("host")) {
      hashText(request.authority());
      return;
    }
    List<CharSequence> values = request.getAll(name);
    if (values.size() <= 1) {
      hashText(values.isEmpty() ? null : values.getFirst());
      return;
    }
    // The order of the fields must not matter.
    String[] sorted = values.stream().map(CharSequence::toString).toArray(String[]::new);
    Arrays.sort(sorted);
    long all = 0;
    for (String value : sorted) {
      all = XxHash64.of(value, all);
    }
    add(all);
  }

  private void hashText(@Nullable CharSequence text) {
    if (text != null) {
      add(XxHash64.of(text));
    }
  }

  private void query(String name) {
    String path = String.valueOf(request.path());
    int from = path.indexOf('?') + 1;
    while (from > 0 && from <= path.length()) {
      int next = path.indexOf('&', from);
      int end = next < 0 ? path.length() : next;
      if (path.startsWith(name, from)) {
        int after = from + name.length();
        if (after == end) {
          add(XxHash64.of(""));
          return;
        }
        if (after < end && path.charAt(after) == '=') {
          add(XxHash64.of(path.substring(after + 1, end)));
          return;
        }
      }
      from = next < 0 ? 0 : next + 1;
    }
  }

  private void address() {
    if (remote != null && remote.getAddress() != null) {
      add(XxHash64.of(remote.getAddress().getHostAddress()));
    }
  }

  private void cookie(Source.Cookie cookie) {
    String present = value(cookie.name());
    if (present != null && !present.isEmpty()) {
      add(XxHash64.of(present));
    } else if (cookie.ttl().isPresent()) {
      // The same connection gets the same cookie, should its first requests come at once.
      String made = "%016x".formatted(XxHash64.of(text(remote) + text(local)));
      setCookie = written(cookie, made, cookie.ttl().get().toSeconds());
      add(XxHash64.of(made));
    }
  }

  private static String text(@Nullable InetSocketAddress address) {
    return address == null ? "" : address.getHostString() + ":" + address.getPort();
  }

  private @Nullable String value(String name) {
    for (CharSequence field : request.getAll(COOKIE)) {
      for (String pair : field.toString().split(";", -1)) {
        String one = pair.strip();
        if (one.length() > name.length()
            && one.startsWith(name)
            && one.charAt(name.length()) == '=') {
          String value = one.substring(name.length() + 1);
          boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
          return quoted ? value.substring(1, value.length() - 1) : value;
        }
      }
    }
    return null;
  }

  private static String written(Source.Cookie cookie, String value, long seconds) {
    StringBuilder out = new StringBuilder(64);
    out.append(cookie.name()).append("=\"").append(value).append('"');
    if (seconds > 0) {
      out.append("; Max-Age=").append(seconds);
    }
    if (!cookie.path().isEmpty()) {
      out.append("; Path=").append(cookie.path());
    }
    new TreeMap<>(cookie.attributes())
        .forEach((name, text) -> {
          out.append("; ").append(name);
          if (!text.isEmpty()) {
            out.append('=').append(text);
          }
        });
    return out.append("; HttpOnly").toString();
  }
}
