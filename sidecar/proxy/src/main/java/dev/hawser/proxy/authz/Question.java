package dev.hawser.proxy.authz;

import com.google.protobuf.ByteString;
import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.filter.Metadata;
import dev.hawser.proxy.model.ExtAuthzConfig;
import dev.hawser.proxy.model.TextMatch;
import dev.hawser.proxy.worker.Worker;
import dev.hawser.trust.spiffe.SpiffeId;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request as the service is asked about it.
 *
 * @param request its head
 * @param told what filters said about it
 * @param body what the service sees of it; null for nothing
 * @param cut whether that is not all
 * @param self the proxy's own identity
 */
record Question(
    Worker worker,
    Downstream downstream,
    Http2Headers request,
    Metadata told,
    ExtAuthzConfig config,
    Map<String, String> extensions,
    @Nullable ByteString body,
    boolean cut,
    boolean raw,
    Optional<SpiffeId> self) {

  private static final String PARTIAL = "x-envoy-auth-partial-body";

  /** Returns the headers that the service sees, without pseudo-headers. */
  Map<String, String> headers(boolean allByDefault) {
    Map<String, String> seen = new LinkedHashMap<>();
    for (Map.Entry<CharSequence, CharSequence> entry : request) {
      String name = entry.getKey().toString().toLowerCase(Locale.ROOT);
      if (Http2Headers.PseudoHeaderName.hasPseudoHeaderFormat(entry.getKey())
          || name.equals(PARTIAL)
          || !isSent(name, allByDefault)) {
        continue;
      }
      String separator = name.equals("cookie") ? "; " : ",";
      seen.merge(name, entry.getValue().toString(), (a, b) -> a + separator + b);
    }
    if (body != null) {
      seen.put(PARTIAL, Boolean.toString(cut));
    }
    return seen;
  }

  private boolean isSent(String name, boolean allByDefault) {
    if (matches(config.hidden(), name)) {
      return false;
    }
    return config.sent().isPresent()
        ? matches(config.sent().get(), name) || (!allByDefault && name.equals("authorization"))
        : allByDefault || name.equals("authorization");
  }

  static boolean matches(List<TextMatch> all, String name) {
    for (TextMatch match : all) {
      if (match.test(name)) {
        return true;
      }
    }
    return false;
  }
}
