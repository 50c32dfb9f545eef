package dev.hawser.controlplane.policy;

import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.policy.VirtualService.Destination;
import dev.hawser.controlplane.policy.VirtualService.HeaderMatch;
import dev.hawser.controlplane.policy.VirtualService.HttpMatch;
import dev.hawser.controlplane.policy.VirtualService.HttpRule;
import dev.hawser.controlplane.policy.VirtualService.PathMatch;
import dev.hawser.controlplane.policy.VirtualService.Retries;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads Istio's {@code VirtualService}. */
final class VirtualServiceReader {
  private static final int MAX_PORT = 65_535;
  private static final int MAX_ATTEMPTS = 10;
  private static final int MAX_WEIGHT = 1_000_000;
  private static final Set<String> RETRY_WORDS =
      Set.of("connect-failure", "refused-stream", "reset", "gateway-error", "5xx");
  private static final Pattern STATUS = Pattern.compile("[45]\\d\\d");

  /** A header's name, RFC 9110 section 5.1. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");

  private VirtualServiceReader() {}

  static VirtualService read(
      Section spec, PolicyKey key, Instant created, String document, PolicyReader.Hosts hosts) {
    List<ServiceName> services = new ArrayList<>();
    List<String> names = spec.texts("hosts");
    for (int i = 0; i < names.size(); i++) {
      String path = spec.at("hosts") + "[" + i + "]";
      services.add(hosts.resolve(path, names.get(i), spec.problems()));
    }
    if (names.isEmpty()) {
      spec.problems().note(spec.at("hosts") + ": empty (expected: at least one service)");
    }
    List<String> gateways = spec.texts("gateways");
    if (!gateways.isEmpty() && !gateways.equals(List.of("mesh"))) {
      spec.problems()
          .unsupported(spec.at("gateways"), "routes are for callers inside the mesh; leave it out");
    }
    Exports.everywhere(spec);
    List<HttpRule> rules = new ArrayList<>();
    for (Section rule : spec.sections("http")) {
      rules.add(rule(rule, hosts));
    }
    if (rules.isEmpty()) {
      spec.problems().note(spec.at("http") + ": empty (expected: at least one route)");
    }
    spec.without("tcp", "only HTTP requests are routed one by one")
        .without("tls", "only HTTP requests are routed one by one")
        .end();
    return new VirtualService(key, services.stream().distinct().toList(), created, rules, document);
  }

  private static HttpRule rule(Section section, PolicyReader.Hosts hosts) {
    List<HttpMatch> matches = new ArrayList<>();
    for (Section match : section.sections("match")) {
      matches.add(match(match));
    }
    HttpRule rule =
        new HttpRule(
            section.text("name").orElse(""),
            matches,
            destinations(section, hosts),
            section.duration("timeout"),
            section.section("retries").map(VirtualServiceReader::retries));
    String elsewhere = "requests are routed, not changed";
    section
        .without("redirect", elsewhere)
        .without("directResponse", elsewhere)
        .without("rewrite", elsewhere)
        .without("headers", elsewhere)
        .without("corsPolicy", elsewhere)
        .without("delegate", "put the routes into one document")
        .without("fault", "faults are not injected")
        .without("mirror", "requests are not mirrored")
        .without("mirrors", "requests are not mirrored")
        .without("mirrorPercent", "requests are not mirrored")
        .without("mirrorPercentage", "requests are not mirrored")
        .end();
    return rule;
  }

  private static List<Destination> destinations(Section section, PolicyReader.Hosts hosts) {
    List<Section> routes = section.sections("route");
    List<Destination> destinations = new ArrayList<>();
    int sum = 0;
    for (Section route : routes) {
      int weight = route.number("weight", 0, MAX_WEIGHT).orElse(routes.size() == 1 ? 1 : 0);
      sum += weight;
      Optional<Section> destination = route.section("destination");
      if (destination.isEmpty()) {
        route.problems().note(route.at("destination") + ": missing (expected: an object)");
      }
      destination.ifPresent(found -> destinations.add(destination(found, weight, hosts)));
      route.without("headers", "requests are routed, not changed").end();
    }
    if (routes.isEmpty()) {
      section.problems().note(section.at("route") + ": empty (expected: at least one)");
    } else if (sum == 0) {
      section
          .problems()
          .note(section.at("route") + ": weights add up to 0 (expected: more than 0)");
    }
    return destinations;
  }

  private static Destination destination(Section section, int weight, PolicyReader.Hosts hosts) {
    ServiceName service =
        hosts.resolve(section.at("host"), section.requiredText("host"), section.problems());
    OptionalInt port = OptionalInt.empty();
    Optional<Section> selector = section.section("port");
    if (selector.isPresent()) {
      port = selector.get().number("number", 1, MAX_PORT);
      selector.get().end();
    }
    section
        .without("subset", "endpoints are not grouped by label; use a service per version")
        .end();
    return new Destination(service, port, weight);
  }

  private static HttpMatch match(Section section) {
    section.text("name");
    Optional<PathMatch> path = section.section("uri").flatMap(VirtualServiceReader::path);
    List<HeaderMatch> headers = new ArrayList<>();
    for (Map.Entry<String, Section> header : section.named("headers").entrySet()) {
      if (!TOKEN.matcher(header.getKey()).matches()) {
        section
            .problems()
            .note(
                section.at("headers") + ": '" + header.getKey() + "' (expected: a header's name)");
      }
      exact(header.getValue())
          .ifPresent(value ->
              headers.add(new HeaderMatch(header.getKey().toLowerCase(Locale.ROOT), value)));
    }
    HttpMatch match = new HttpMatch(path, headers, section.number("port", 1, MAX_PORT));
    String reason = "requests are matched by uri, headers and port";
    section
        .without("scheme", reason)
        .without("method", reason)
        .without("authority", reason)
        .without("queryParams", reason)
        .without("ignoreUriCase", reason)
        .without("withoutHeaders", reason)
        .without("sourceLabels", reason)
        .without("sourceNamespace", reason)
        .without("gateways", reason)
        .without("statPrefix", reason)
        .end();
    return match;
  }

  private static Optional<PathMatch> path(Section section) {
    Optional<String> exact = section.text("exact");
    Optional<String> prefix = section.text("prefix");
    section.without("regex", "paths are matched exactly or by prefix").end();
    if (exact.isPresent() == prefix.isPresent()) {
      section
          .problems()
          .note(
              section.at("exact")
                  + ": set together with prefix, or neither (expected: one of the two)");
      return Optional.empty();
    }
    String path = exact.or(() -> prefix).orElseThrow();
    if (!path.startsWith("/")) {
      section
          .problems()
          .note(
              section.at(exact.isPresent() ? "exact" : "prefix")
                  + ": '"
                  + path
                  + "' (expected: a path that begins with '/')");
    }
    return Optional.of(exact.isPresent() ? new PathMatch.Exact(path) : new PathMatch.Prefix(path));
  }

  private static Optional<String> exact(Section section) {
    Optional<String> exact = section.text("exact");
    section
        .without("prefix", "headers are matched exactly")
        .without("regex", "headers are matched exactly")
        .end();
    if (exact.isEmpty()) {
      section.problems().note(section.at("exact") + ": missing (expected: a string)");
    }
    return exact;
  }

  private static Retries retries(Section section) {
    OptionalInt attempts = section.number("attempts", 0, MAX_ATTEMPTS);
    if (!section.has("attempts")) {
      section
          .problems()
          .note(section.at("attempts") + ": missing (expected: 0-" + MAX_ATTEMPTS + ")");
    }
    Optional<Duration> perTry = section.duration("perTryTimeout");
    List<String> words = new ArrayList<>();
    for (String word : section.text("retryOn").orElse("").split(",", -1)) {
      String stripped = word.strip();
      if (RETRY_WORDS.contains(stripped) || STATUS.matcher(stripped).matches()) {
        words.add(stripped);
      } else if (!stripped.isEmpty()) {
        section
            .problems()
            .note(
                section.at("retryOn")
                    + ": '"
                    + stripped
                    + "' (expected: connect-failure, refused-stream, reset, gateway-error, 5xx or"
                    + " a status such as 503)");
      }
    }
    section
        .without("retryRemoteLocalities", "a retry goes to another place by itself")
        .without("retryIgnorePreviousHosts", "a retry goes to another endpoint by itself")
        .without("backoff", "a retry goes to another endpoint at once")
        .end();
    return new Retries(attempts.orElse(0), perTry, words.stream().distinct().toList());
  }
}
