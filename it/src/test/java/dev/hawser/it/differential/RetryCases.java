package dev.hawser.it.differential;

import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is tried again, and how often. */
final class RetryCases {
  private static final String[] WORDS = {
    "5xx",
    "gateway-error",
    "reset",
    "retriable-4xx",
    "retriable-status-codes",
    "connect-failure",
    "retriable-headers",
    "refused-stream",
    "envoy-ratelimited",
    "reset-before-request"
  };
  private static final String[] ANSWERS = {
    "200", "200", "204", "301", "400", "404", "409", "418", "429", "500", "501", "502", "503",
    "504", "503!", "200!", "reset"
  };

  private RetryCases() {}

  static Configuration configuration(String name, Dice dice) {
    VirtualHost.Builder host =
        VirtualHost.newBuilder()
            .setName("all")
            .addDomains("*")
            .setIncludeRequestAttemptCount(dice.percent(60))
            .setIncludeAttemptCountInResponse(dice.percent(60));
    if (dice.percent(30)) {
      host.setRetryPolicy(policy(dice));
    }
    for (int i = 0; i < 6; i++) {
      RouteAction.Builder action =
          RouteAction.newBuilder().setCluster(Applications.name(dice.below(6)));
      if (dice.percent(90)) {
        action.setRetryPolicy(policy(dice));
      }
      Route.Builder route = RoutingCases.named("route-" + i);
      host.addRoutes(route.setMatch(RouteMatch.newBuilder().setPath("/r" + i)).setRoute(action));
    }
    return new Configuration(
        name,
        RouteConfiguration.newBuilder().setName(name).addVirtualHosts(host).build(),
        Map.of(),
        Configuration.Edge.PLAIN,
        random -> request(new Dice(random)));
  }

  private static RetryPolicy policy(Dice dice) {
    RetryPolicy.Builder policy =
        RetryPolicy.newBuilder()
            .setRetryOn(words(dice))
            .setRetryBackOff(
                RetryPolicy.RetryBackOff.newBuilder()
                    .setBaseInterval(Durations.fromMillis(1))
                    .setMaxInterval(Durations.fromMillis(2)));
    if (dice.percent(80)) {
      policy.setNumRetries(UInt32Value.of(dice.of(0, 1, 2, 3, 5)));
    }
    if (policy.getRetryOn().contains("status-codes")) {
      policy.addRetriableStatusCodes(dice.of(409, 418, 500)).addRetriableStatusCodes(200);
    }
    if (policy.getRetryOn().contains("headers")) {
      policy.addRetriableHeaders(
          HeaderMatcher.newBuilder()
              .setName("x-again")
              .setStringMatch(StringMatcher.newBuilder().setExact("yes")));
    }
    if (dice.percent(40)) {
      // Ours tries no other method again than those that may be repeated, unless told to.
      policy.addRetriableRequestHeaders(
          HeaderMatcher.newBuilder()
              .setName(":method")
              .setStringMatch(
                  StringMatcher.newBuilder().setSafeRegex(Texts.regex("GET|POST|PUT"))));
    }
    return policy.build();
  }

  private static String words(Dice dice) {
    List<String> words = new ArrayList<>();
    for (int i = 1 + dice.below(3); i > 0; i--) {
      words.add(dice.of(WORDS));
    }
    return String.join(dice.of(",", ", "), words);
  }

  private static Request request(Dice dice) {
    List<String> script = new ArrayList<>();
    for (int i = 1 + dice.below(4); i > 0; i--) {
      script.add(dice.of(ANSWERS));
    }
    List<Field> fields =
        List.of(
            new Field("host", "shop.test"), new Field(Request.SCRIPT, String.join(",", script)));
    String method = dice.of("GET", "GET", "GET", "HEAD", "PUT", "POST", "DELETE", "PATCH");
    String body = method.startsWith("P") && dice.percent(70) ? "hello" : "";
    return new Request(method, "/r" + dice.below(6), fields, body);
  }
}
