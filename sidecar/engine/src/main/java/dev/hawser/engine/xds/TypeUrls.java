package dev.hawser.engine.xds;

import com.google.protobuf.Message;

/** The type URLs of the resources that our proxies know. */
public final class TypeUrls {
  private static final String PREFIX = "type.googleapis.com/";

  public static final String LISTENER = PREFIX + "envoy.config.listener.v3.Listener";
  public static final String ROUTE = PREFIX + "envoy.config.route.v3.RouteConfiguration";
  public static final String VIRTUAL_HOST = PREFIX + "envoy.config.route.v3.VirtualHost";
  public static final String CLUSTER = PREFIX + "envoy.config.cluster.v3.Cluster";
  public static final String ENDPOINT = PREFIX + "envoy.config.endpoint.v3.ClusterLoadAssignment";
  public static final String SECRET = PREFIX + "envoy.extensions.transport_sockets.tls.v3.Secret";

  private TypeUrls() {}

  /** Returns the type URL of a kind of message. */
  public static String of(Message message) {
    return PREFIX + message.getDescriptorForType().getFullName();
  }

  /** Returns the part of a type URL that a person reads, e.g. {@code Cluster}. */
  public static String shortName(String typeUrl) {
    return typeUrl.substring(typeUrl.lastIndexOf('.') + 1);
  }
}
