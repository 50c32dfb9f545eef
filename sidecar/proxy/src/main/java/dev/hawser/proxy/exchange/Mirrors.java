package dev.hawser.proxy.exchange;

import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.upstream.Upstream;
import dev.hawser.proxy.upstream.Upstreams;
import dev.hawser.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The copies of one request that go elsewhere. Lives on one event loop. */
final class Mirrors {
  /** Nothing is copied. */
  static final Mirrors NONE = new Mirrors(List.of());

  /** A request may be without a bound, its copy may not. */
  private static final Duration LONGEST = Duration.ofSeconds(15);

  private static final String SUFFIX = "-shadow";

  private final List<MirrorCopy> copies;

  private Mirrors(List<MirrorCopy> copies) {
    this.copies = copies;
  }

  /**
   * Begins the copies that chance wants.
   *
   * @param head as it is passed on
   * @param end whether no body follows
   * @param timeout of the request
   */
  static Mirrors begin(
      List<RouteRule.Mirror> mirrors,
      Http2Headers head,
      boolean end,
      Optional<Duration> timeout,
      Upstreams upstreams,
      Worker worker) {
    List<MirrorCopy> copies = new ArrayList<>(mirrors.size());
    for (RouteRule.Mirror mirror : mirrors) {
      if (mirror.share().takes(worker.random())) {
        Http2Headers own = new DefaultHttp2Headers(false).setAll(head);
        if (mirror.suffix() && head.authority() != null) {
          own.authority(suffixed(String.valueOf(head.authority())));
        }
        Upstream upstream = upstreams.get(mirror.upstream());
        MirrorCopy copy = new MirrorCopy(worker, upstream.on(worker), own, timeout.orElse(LONGEST));
        copies.add(copy);
        copy.begin(end);
      }
    }
    return copies.isEmpty() ? NONE : new Mirrors(copies);
  }

  /** The suffix belongs to the name and comes before a port. */
  static String suffixed(String authority) {
    int colon = authority.lastIndexOf(':');
    return colon > authority.lastIndexOf(']')
        ? authority.substring(0, colon) + SUFFIX + authority.substring(colon)
        : authority + SUFFIX;
  }

  /** Copies a piece of the body, whose ownership stays. */
  void data(ByteBuf piece, boolean end) {
    for (int i = 0; i < copies.size(); i++) {
      copies.get(i).data(piece.retainedDuplicate(), end);
    }
  }

  void trailers(Http2Headers trailers) {
    for (int i = 0; i < copies.size(); i++) {
      copies.get(i).trailers(new DefaultHttp2Headers(false).setAll(trailers));
    }
  }

  /** The request will not be completed, and so neither will its copies. */
  void abandon() {
    for (int i = 0; i < copies.size(); i++) {
      copies.get(i).abandon();
    }
  }
}
