package dev.hawser.it.differential;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/**
 * What one listener does, and requests that are near its boundaries.
 *
 * @param name of the listener and its routes
 * @param routes the RDS resource
 * @param filters HTTP filters before the router, by name, in order
 * @param edge what is said about paths
 * @param requests makes a request from numbers by chance
 */
record Configuration(
    String name,
    RouteConfiguration routes,
    Map<String, Message> filters,
    Edge edge,
    Function<Random, Request> requests) {
  /** What an HTTP connection manager does to paths before anything else looks at them. */
  record Edge(boolean normalise, boolean mergeSlashes) {
    static final Edge PLAIN = new Edge(false, false);
    static final Edge NORMAL = new Edge(true, true);
  }
}
