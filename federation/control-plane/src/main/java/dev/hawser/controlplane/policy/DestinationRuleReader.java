package dev.hawser.controlplane.policy;

import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.policy.DestinationRule.Balancer;
import dev.hawser.controlplane.policy.DestinationRule.ConnectionPool;
import dev.hawser.controlplane.policy.DestinationRule.Distribute;
import dev.hawser.controlplane.policy.DestinationRule.Failover;
import dev.hawser.controlplane.policy.DestinationRule.LocalityBalancing;
import dev.hawser.controlplane.policy.DestinationRule.OutlierDetection;
import dev.hawser.controlplane.policy.DestinationRule.Share;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads Istio's {@code DestinationRule}. */
final class DestinationRuleReader {
  private static final int MANY = 1_000_000;
  private static final int PERCENT = 100;

  private DestinationRuleReader() {}

  static DestinationRule read(
      Section spec, PolicyKey key, Instant created, String document, PolicyReader.Hosts hosts) {
    ServiceName host = hosts.resolve(spec.at("host"), spec.requiredText("host"), spec.problems());
    Exports.everywhere(spec);
    Optional<Section> traffic = spec.section("trafficPolicy");
    spec.without("subsets", "endpoints are not grouped by label; use a service per version")
        .without("workloadSelector", "a rule counts for every caller")
        .end();
    Optional<Section> balancer = traffic.flatMap(found -> found.section("loadBalancer"));
    DestinationRule rule =
        new DestinationRule(
            key,
            host,
            created,
            balancer.map(DestinationRuleReader::simple).orElse(Balancer.DEFAULT),
            balancer
                .flatMap(found -> found.section("localityLbSetting"))
                .map(DestinationRuleReader::localities)
                .orElse(LocalityBalancing.NONE),
            traffic
                .flatMap(found -> found.section("outlierDetection"))
                .map(DestinationRuleReader::outliers),
            traffic
                .flatMap(found -> found.section("connectionPool"))
                .map(DestinationRuleReader::pool)
                .orElse(ConnectionPool.NONE),
            document);
    balancer.ifPresent(found ->
        found
            .without("consistentHash", "endpoints are not chosen by hash")
            .without("warmup", "a returning endpoint always ramps up")
            .without("warmupDurationSecs", "a returning endpoint always ramps up")
            .end());
    traffic.ifPresent(found ->
        found
            .without("portLevelSettings", "a rule counts for every port of its service")
            .without("tls", "proxies of the mesh always speak mutual TLS with their SVIDs")
            .without("tunnel", "proxies of the mesh are reached directly or by gateways")
            .without("proxyProtocol", "identity travels in TLS")
            .without("retryBudget", "retries are limited by connectionPool.http.maxRetries")
            .end());
    return rule;
  }

  private static Balancer simple(Section balancer) {
    String name = balancer.text("simple").orElse("UNSPECIFIED");
    return switch (name) {
      case "UNSPECIFIED" -> Balancer.DEFAULT;
      case "ROUND_ROBIN" -> Balancer.ROUND_ROBIN;
      case "LEAST_REQUEST", "LEAST_CONN" -> Balancer.LEAST_REQUEST;
      case "RANDOM" -> Balancer.RANDOM;
      default -> {
        balancer
            .problems()
            .note(
                balancer.at("simple")
                    + ": '"
                    + name
                    + "' (expected: ROUND_ROBIN, LEAST_REQUEST or RANDOM)");
        yield Balancer.DEFAULT;
      }
    };
  }

  private static LocalityBalancing localities(Section setting) {
    boolean enabled = setting.flag("enabled").orElse(true);
    List<Distribute> distribute = new ArrayList<>();
    for (Section item : setting.sections("distribute")) {
      distribute(item).ifPresent(distribute::add);
    }
    List<Failover> failover = new ArrayList<>();
    for (Section item : setting.sections("failover")) {
      failover.add(failover(item));
    }
    setting.without("failoverPriority", "places are compared by region and zone alone").end();
    if (!distribute.isEmpty() && !failover.isEmpty()) {
      setting
          .problems()
          .note(
              setting.at("failover")
                  + ": set beside distribute (expected: one of the two; what distribute does not"
                  + " name is there for failover by itself)");
    }
    if (!enabled) {
      if (!distribute.isEmpty() || !failover.isEmpty()) {
        setting
            .problems()
            .note(
                setting.at("enabled")
                    + ": false (expected: true, since distribute or failover is set)");
      }
      return LocalityBalancing.NONE;
    }
    return new LocalityBalancing(distribute.isEmpty(), distribute, failover);
  }

  private static Optional<Distribute> distribute(Section item) {
    Optional<LocalityPattern> from =
        pattern(item.at("from"), item.requiredText("from"), item.problems());
    List<Share> shares = new ArrayList<>();
    int sum = 0;
    for (Map.Entry<String, Integer> entry : item.numbers("to", 0, PERCENT).entrySet()) {
      pattern(item.at("to"), entry.getKey(), item.problems())
          .ifPresent(to -> shares.add(new Share(to, entry.getValue())));
      sum += entry.getValue();
    }
    item.end();
    if (sum != PERCENT) {
      item.problems()
          .note(item.at("to") + ": shares add up to " + sum + " (expected: " + PERCENT + ")");
    }
    return from.map(place -> new Distribute(place, shares));
  }

  private static Optional<LocalityPattern> pattern(String path, String text, Problems problems) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalityPattern.parse(text));
    } catch (IllegalArgumentException e) {
      problems.note(path + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  private static Failover failover(Section item) {
    Failover failover = new Failover(region(item, "from"), region(item, "to"));
    item.end();
    if (!failover.fromRegion().isEmpty() && failover.fromRegion().equals(failover.toRegion())) {
      item.problems()
          .note(
              item.at("to")
                  + ": '"
                  + failover.toRegion()
                  + "' (expected: another region than from)");
    }
    return failover;
  }

  private static String region(Section item, String field) {
    String region = item.requiredText(field);
    if (region.indexOf('/') >= 0 || region.indexOf('*') >= 0) {
      item.problems()
          .note(item.at(field) + ": '" + region + "' (expected: a region, without zone)");
    }
    return region;
  }

  private static OutlierDetection outliers(Section section) {
    OutlierDetection detection =
        new OutlierDetection(
            section.number("consecutive5xxErrors", 0, MANY),
            section.number("consecutiveGatewayErrors", 0, MANY),
            positive(section, "interval"),
            positive(section, "baseEjectionTime"),
            section.number("maxEjectionPercent", 0, PERCENT));
    section
        .without("minHealthPercent", "endpoints are ejected whatever share of them is left")
        .without("splitExternalLocalOriginErrors", "a failed connection counts as an error")
        .without("consecutiveLocalOriginFailures", "a failed connection counts as an error")
        .without("consecutiveErrors", "say consecutiveGatewayErrors or consecutive5xxErrors")
        .end();
    return detection;
  }

  private static Optional<Duration> positive(Section section, String field) {
    Optional<Duration> duration = section.duration(field);
    if (duration.filter(value -> value.compareTo(Duration.ofMillis(1)) < 0).isPresent()) {
      section.problems().note(section.at(field) + ": less than 1ms (expected: at least 1ms)");
    }
    return duration;
  }

  private static ConnectionPool pool(Section section) {
    Optional<Section> tcp = section.section("tcp");
    Optional<Section> http = section.section("http");
    section.end();
    ConnectionPool none = ConnectionPool.NONE;
    ConnectionPool pool =
        new ConnectionPool(
            tcp.map(found -> found.number("maxConnections", 1, MANY)).orElse(none.maxConnections()),
            tcp.flatMap(found -> positive(found, "connectTimeout")),
            http.map(found -> found.number("http1MaxPendingRequests", 1, MANY))
                .orElse(none.maxPendingRequests()),
            http.map(found -> found.number("http2MaxRequests", 1, MANY)).orElse(none.maxRequests()),
            http.map(found -> found.number("maxRequestsPerConnection", 0, MANY))
                .orElse(none.maxRequestsPerConnection()),
            http.map(found -> found.number("maxRetries", 0, MANY)).orElse(none.maxRetries()));
    tcp.ifPresent(found ->
        found
            .without("tcpKeepalive", "connections between proxies are probed by HTTP/2 pings")
            .without("maxConnectionDuration", "connections are replaced at drains alone")
            .without("idleTimeout", "idle connections are closed by the mesh's own rule")
            .end());
    http.ifPresent(found ->
        found
            .without("idleTimeout", "idle connections are closed by the mesh's own rule")
            .without("h2UpgradePolicy", "proxies of the mesh speak HTTP/2 to each other")
            .without("useClientProtocol", "applications get the protocol of their port")
            .without("maxConcurrentStreams", "say http2MaxRequests")
            .end());
    return pool;
  }
}
