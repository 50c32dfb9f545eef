package dev.hawser.it.differential;

import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is added to heads and taken from them, on all levels, and with which values. */
final class HeaderCases {
  private static final String[] REQUEST_NAMES = {"x-a", "x-b", "x-n", "x-new", "X-Other", "cookie"};
  private static final String[] RESPONSE_NAMES = {
    "x-one", "x-two", "x-empty", "x-new", "X-Other", "set-cookie"
  };
  private static final String[] VALUES = {
    "plain",
    "",
    "with space",
    "100%%",
    "%REQ(x-a)%",
    "%REQ(X-B)%",
    "%REQ(x-none?x-a)%",
    "%REQ(x-none)%",
    "[%REQ(x-a):2%]",
    "%REQ(:method)% %REQ(:path)% %REQ(:authority)%",
    "%PROTOCOL%",
    "%ROUTE_NAME%/%UPSTREAM_CLUSTER%",
    "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
    "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%",
    "%DOWNSTREAM_LOCAL_PORT%"
  };
  private static final String[] RESPONSE_VALUES = {
    "%RESP(x-one)%", "%RESP(x-none?x-two)%", "%RESPONSE_CODE%", "%RESP(x-empty)%"
  };

  private HeaderCases() {}

  static Configuration configuration(String name, Dice dice) {
    RouteConfiguration.Builder routes = RouteConfiguration.newBuilder().setName(name);
    routes
        .addAllRequestHeadersToAdd(puts(dice, false, 2))
        .addAllRequestHeadersToRemove(removals(dice, REQUEST_NAMES))
        .addAllResponseHeadersToAdd(puts(dice, true, 2))
        .addAllResponseHeadersToRemove(removals(dice, RESPONSE_NAMES))
        .setMostSpecificHeaderMutationsWins(dice.percent(40));
    VirtualHost.Builder host =
        VirtualHost.newBuilder()
            .setName("all")
            .addDomains("*")
            .addAllRequestHeadersToAdd(puts(dice, false, 2))
            .addAllRequestHeadersToRemove(removals(dice, REQUEST_NAMES))
            .addAllResponseHeadersToAdd(puts(dice, true, 2))
            .addAllResponseHeadersToRemove(removals(dice, RESPONSE_NAMES))
            .setIncludeRequestAttemptCount(dice.percent(30))
            .setIncludeAttemptCountInResponse(dice.percent(30));
    for (int i = 0; i < 8; i++) {
      host.addRoutes(route(i, dice));
    }
    return new Configuration(
        name,
        routes.addVirtualHosts(host).build(),
        Map.of(),
        Configuration.Edge.PLAIN,
        random -> request(new Dice(random)));
  }

  private static Request request(Dice dice) {
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("Host", dice.of("shop.test", "Shop.Test:80")));
    fields.addAll(Texts.fields(dice));
    for (int i = dice.below(3); i > 0; i--) {
      fields.add(new Field("Cookie", dice.of("a=1", "b=2; c=3", "")));
    }
    if (dice.percent(20)) {
      fields.add(new Field("X-New", dice.of("brought", "")));
    }
    if (dice.percent(20)) {
      fields.add(new Field(Request.SCRIPT, dice.of("404", "503", "204", "302")));
    }
    String path = "/r" + dice.below(9) + dice.of("", "/more", "?q=1");
    return new Request(dice.of("GET", "GET", "POST", "HEAD"), path, fields, "");
  }

  private static Route route(int number, Dice dice) {
    Route.Builder route =
        Route.newBuilder()
            .setName("route-" + number)
            .setMatch(RouteMatch.newBuilder().setPrefix("/r" + number))
            .addAllRequestHeadersToAdd(puts(dice, false, 3))
            .addAllRequestHeadersToRemove(removals(dice, REQUEST_NAMES))
            .addAllResponseHeadersToAdd(puts(dice, true, 3))
            .addAllResponseHeadersToRemove(removals(dice, RESPONSE_NAMES));
    switch (dice.below(8)) {
      case 0 ->
          route.setDirectResponse(
              DirectResponseAction.newBuilder()
                  .setStatus(dice.of(200, 418, 503))
                  .setBody(DataSource.newBuilder().setInlineString(RoutingCases.SAID_AT_ONCE)));
      case 1 -> route.setRedirect(RedirectAction.newBuilder().setHostRedirect("new.test"));
      case 2, 3 ->
          route.setRoute(
              RouteAction.newBuilder()
                  .setWeightedClusters(
                      WeightedCluster.newBuilder()
                          .addClusters(
                              WeightedCluster.ClusterWeight.newBuilder()
                                  .setName(Applications.name(dice.below(6)))
                                  .setWeight(UInt32Value.of(1))
                                  .addAllRequestHeadersToAdd(puts(dice, false, 2))
                                  .addAllRequestHeadersToRemove(removals(dice, REQUEST_NAMES))
                                  .addAllResponseHeadersToAdd(puts(dice, true, 2))
                                  .addAllResponseHeadersToRemove(removals(dice, RESPONSE_NAMES)))));
      default ->
          route.setRoute(RouteAction.newBuilder().setCluster(Applications.name(dice.below(6))));
    }
    return route.build();
  }

  private static List<HeaderValueOption> puts(Dice dice, boolean response, int most) {
    List<HeaderValueOption> puts = new ArrayList<>();
    for (int i = dice.below(most + 1); i > 0; i--) {
      String value = response && dice.percent(40) ? dice.of(RESPONSE_VALUES) : dice.of(VALUES);
      puts.add(
          HeaderValueOption.newBuilder()
              .setHeader(
                  HeaderValue.newBuilder()
                      .setKey(dice.of(response ? RESPONSE_NAMES : REQUEST_NAMES))
                      .setValue(value))
              .setAppendAction(
                  dice.of(
                      HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD,
                      HeaderAppendAction.ADD_IF_ABSENT,
                      HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD,
                      HeaderAppendAction.OVERWRITE_IF_EXISTS))
              .setKeepEmptyValue(dice.percent(30))
              .build());
    }
    return puts;
  }

  private static List<String> removals(Dice dice, String[] names) {
    return dice.percent(30) ? List.of(dice.of(names)) : List.of();
  }
}
