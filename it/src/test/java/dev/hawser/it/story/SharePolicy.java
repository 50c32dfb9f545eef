package dev.hawser.it.story;

/** A policy that sends shares of the calls to {@code orders} to both clusters. */
final class SharePolicy {
  private SharePolicy() {}

  /**
   * Returns the resource.
   *
   * @param east percent; together with {@code west} 100
   */
  static String orders(int east, int west) {
    String to =
        east == 0 ? "{\"west/*\": 100}" : "{\"east/*\": %d, \"west/*\": %d}".formatted(east, west);
    return """
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: orders, namespace: shop}
    spec:
      host: orders.shop.svc.cluster.local
      trafficPolicy:
        loadBalancer:
          localityLbSetting:
            enabled: true
            distribute:
            - from: "east/*"
              to: %s
    """
        .formatted(to);
  }
}
