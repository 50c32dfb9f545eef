package dev.hawser.proxy.routing;

import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.filter.Metadata;
import dev.hawser.proxy.upstream.Upstreams;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What a route may need of a request beside its head. */
public interface RouteContext {
  Downstream downstream();

  /** Returns what filters have said, or null if there are none. */
  @Nullable Metadata metadata();

  Upstreams upstreams();

  SplittableRandom random();

  /** Returns {@code HTTP/1.1} or the like. */
  String protocol();
}
