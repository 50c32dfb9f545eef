package dev.hawser.proxy.authz;

import com.google.protobuf.ByteString;
import dev.hawser.proxy.call.SideCall;
import dev.hawser.proxy.model.ExtAuthzConfig;
import dev.hawser.proxy.model.TextMatch;
import dev.hawser.proxy.upstream.Upstream;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Asks by the head of the request itself: 200 allows, 5xx is an error, all else denies. */
final class HttpService {
  /** Octets of an answer. */
  private static final int MAX_ANSWER = 64 * 1024;

  /** What the caller sees of a denial in any case. */
  private static final Set<String> ALWAYS = Set.of("www-authenticate", "location");

  /** What belongs to the connection or to the length of this very message. */
  private static final Set<String> NEVER =
      Set.of("content-length", "transfer-encoding", "connection", "keep-alive", "host");

  private HttpService() {}

  static SideCall ask(
      ExtAuthzConfig.Service.Http service,
      Upstream upstream,
      Question question,
      Consumer<Ruling> then) {
    Http2Headers from = question.request();
    Http2Headers head =
        new DefaultHttp2Headers(false)
            .method(from.method())
            .scheme("http")
            .authority(from.authority())
            .path(service.pathPrefix() + (from.path() == null ? "" : from.path()));
    question
        .headers(false)
        .forEach((name, value) -> {
          if (!NEVER.contains(name)) {
            head.set(name, value);
          }
        });
    service.headers().forEach(head::set);
    ByteString body = question.body();
    return SideCall.send(
        question.worker(),
        upstream,
        head,
        body == null ? new byte[0] : body.toByteArray(),
        service.timeout(),
        MAX_ANSWER,
        result ->
            then.accept(
                switch (result) {
                  case SideCall.Result.Failed(String reason) -> new Ruling.Unknown(reason);
                  case SideCall.Result.Answered answered -> ruling(service, answered);
                }));
  }

  private static Ruling ruling(
      ExtAuthzConfig.Service.Http service, SideCall.Result.Answered answered) {
    int status = answered.status();
    if (status == 200) {
      List<Ruling.Header> request = new ArrayList<>();
      request.addAll(headers(answered, service.toUpstream(), Ruling.How.SET));
      request.addAll(headers(answered, service.appendUpstream(), Ruling.How.APPEND));
      return new Ruling.Allowed(
          request,
          List.of(),
          headers(answered, service.toClientOnSuccess(), Ruling.How.APPEND),
          Map.of());
    }
    if (status < 200 || status >= 500) {
      return new Ruling.Unknown("status " + status);
    }
    List<Ruling.Header> shown = new ArrayList<>();
    for (Map.Entry<CharSequence, CharSequence> entry : answered.head()) {
      String name = entry.getKey().toString().toLowerCase(Locale.ROOT);
      boolean all = service.toClient().isEmpty();
      if (isField(name)
          && (all || ALWAYS.contains(name) || Question.matches(service.toClient(), name))) {
        shown.add(new Ruling.Header(name, entry.getValue().toString(), Ruling.How.APPEND));
      }
    }
    return new Ruling.Denied(status, shown, answered.body().toStringUtf8(), Map.of());
  }

  private static List<Ruling.Header> headers(
      SideCall.Result.Answered answered, List<TextMatch> wanted, Ruling.How how) {
    List<Ruling.Header> headers = new ArrayList<>();
    for (Map.Entry<CharSequence, CharSequence> entry : answered.head()) {
      String name = entry.getKey().toString().toLowerCase(Locale.ROOT);
      if (isField(name) && Question.matches(wanted, name)) {
        headers.add(new Ruling.Header(name, entry.getValue().toString(), how));
      }
    }
    return headers;
  }

  private static boolean isField(String name) {
    return !name.startsWith(":") && !NEVER.contains(name);
  }
}
