package dev.hawser.proxy.routing;

import static dev.hawser.proxy.routing.Routes.all;
import static dev.hawser.proxy.routing.Routes.get;
import static dev.hawser.proxy.routing.Routes.route;
import static dev.hawser.proxy.routing.Routes.takes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.envoyproxy.envoy.type.v3.Int64Range;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteMatchTest {
  private static RouteMatch.Builder path(String kind, String value) {
    RouteMatch.Builder match = RouteMatch.newBuilder();
    return switch (kind) {
      case "prefix" -> match.setPrefix(value);
      case "exact" -> match.setPath(value);
      case "below" -> match.setPathSeparatedPrefix(value);
      case "folded" ->
          match.setPrefix(value).setCaseSensitive(BoolValue.newBuilder().setValue(false));
      case "regex" -> match.setSafeRegex(RegexMatcher.newBuilder().setRegex(value));
      case "template" ->
          match.setPathMatchPolicy(
              TypedExtensionConfig.newBuilder()
                  .setName("template")
                  .setTypedConfig(
                      Any.pack(
                          UriTemplateMatchConfig.newBuilder().setPathTemplate(value).build())));
      default -> throw new IllegalArgumentException(kind);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "prefix,/api,/api,true",
    "prefix,/api,/apiary?x=1,true",
    "prefix,/api,/ap,false",
    "prefix,/api,/API,false",
    "folded,/api,/API/x,true",
    "exact,/api,/api,true",
    "exact,/api,/api?x=/y,true",
    "exact,/api,/api/,false",
    "below,/api,/api,true",
    "below,/api,/api/x,true",
    "below,/api,/apiary,false",
    "below,/api,/api?x,true",
    "regex,/v[0-9]+/.*,/v12/x?q,true",
    "regex,/v[0-9]+,/v12/x,false",
    "regex,.*b.*,/abc,true",
    "regex,.*q.*,/abc?q,false",
    "template,/a/{id}/c,/a/7/c,true",
    "template,/a/{id}/c,/a/7/8/c,false",
    "template,/a/{id}/c,/a//c,false",
    "template,/a/{rest=**},/a/b/c/d,true",
    "template,/a/*/c,/a/x.y/c,true",
    "template,/a/**,/b/c,false",
  })
  void pathIsTestedWithoutItsQuery(String kind, String value, String path, boolean taken)
      throws Exception {
    assertThat(takes(path(kind, value), get(path))).isEqualTo(taken);
  }

  @Test
  void expressionThatBacktracksForEverElsewhereIsLinearHere() throws Exception {
    RouteMatch.Builder match = path("regex", "/(a|aa)+b");
    String path = "/" + "a".repeat(20_000);

    assertThat(assertTimeoutPreemptively(Duration.ofSeconds(20), () -> takes(match, get(path))))
        .isFalse();
  }

  private static HeaderMatcher header(String kind, String value, boolean invert, boolean missing) {
    HeaderMatcher.Builder matcher =
        HeaderMatcher.newBuilder()
            .setName("X-Id")
            .setInvertMatch(invert)
            .setTreatMissingHeaderAsEmpty(missing);
    StringMatcher.Builder text = StringMatcher.newBuilder();
    switch (kind) {
      case "exact" -> matcher.setStringMatch(text.setExact(value));
      case "folded" -> matcher.setStringMatch(text.setExact(value).setIgnoreCase(true));
      case "prefix" -> matcher.setStringMatch(text.setPrefix(value));
      case "suffix" -> matcher.setStringMatch(text.setSuffix(value));
      case "contains" -> matcher.setStringMatch(text.setContains(value));
      case "regex" ->
          matcher.setStringMatch(text.setSafeRegex(RegexMatcher.newBuilder().setRegex(value)));
      case "present" -> matcher.setPresentMatch(Boolean.parseBoolean(value));
      case "range" ->
          matcher.setRangeMatch(
              Int64Range.newBuilder()
                  .setStart(Long.parseLong(value.split("-", -1)[0]))
                  .setEnd(Long.parseLong(value.split("-", -1)[1])));
      default -> throw new IllegalArgumentException(kind);
    }
    return matcher.build();
  }

  @ParameterizedTest
  @CsvSource({
    "exact,blue,false,false,blue,true",
    "exact,blue,false,false,Blue,false",
    "exact,blue,true,false,red,true",
    "exact,blue,true,false,,false",
    "exact,blue,true,true,,true",
    "folded,blue,false,false,BLUE,true",
    "prefix,bl,false,false,blue,true",
    "suffix,ue,false,false,blue,true",
    "contains,lu,false,false,blue,true",
    "contains,lu,false,false,red,false",
    "regex,b.*e,false,false,blue,true",
    "regex,b.*u,false,false,blue,false",
    "regex,,false,true,,true",
    "present,true,false,false,x,true",
    "present,true,false,false,,false",
    "present,true,true,false,,true",
    "present,false,false,false,,true",
    "present,false,false,false,x,false",
    "range,-10-10,false,false,0,true",
    "range,1-10,false,false,10,false",
    "range,1-10,false,false,x,false",
    "range,1-10,true,false,,false",
  })
  void headerIsTestedAsEnvoyDoes(
      String kind, String value, boolean invert, boolean missing, String present, boolean taken)
      throws Exception {
    String expected = value == null ? ".*" : value.equals("-10-10") ? "0-10" : value;
    HeaderMatcher matcher = header(kind, expected, invert, missing);
    var request = present == null ? get("/") : get("/", "x-id", present);

    assertThat(takes(all().addHeaders(matcher), request)).isEqualTo(taken);
  }

  @Test
  void methodAndAuthorityAndCookieAreHeadersToo() throws Exception {
    var method = HeaderMatcher.newBuilder().setName(":method");
    var cookie = HeaderMatcher.newBuilder().setName("cookie");
    StringMatcher user =
        StringMatcher.newBuilder()
            .setSafeRegex(RegexMatcher.newBuilder().setRegex("^(.*?;)?(user=jason)(;.*)?$"))
            .build();

    assertThat(
            takes(
                all().addHeaders(method.setStringMatch(StringMatcher.newBuilder().setExact("GET"))),
                get("/")))
        .isTrue();
    assertThat(
            takes(
                all().addHeaders(cookie.setStringMatch(user)),
                get("/", "cookie", "a=b;user=jason")))
        .isTrue();
    assertThat(takes(all().addHeaders(cookie.setStringMatch(user)), get("/", "cookie", "user=jas")))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "/?id=7,true",
    "/?x=1&id=7&y,true",
    "/?id=8,false",
    "/?id=7x,false",
    "/?xid=7,false",
    "/,false",
    "/?id=7&id=8,true",
    "/?id,false",
  })
  void queryParameterIsTestedByItsFirstValue(String path, boolean taken) throws Exception {
    QueryParameterMatcher matcher =
        QueryParameterMatcher.newBuilder()
            .setName("id")
            .setStringMatch(StringMatcher.newBuilder().setExact("7"))
            .build();

    assertThat(takes(all().addQueryParameters(matcher), get(path))).isEqualTo(taken);
  }

  @Test
  void eachFieldOfANameIsTestedAlone() throws Exception {
    HeaderMatcher.Builder admin =
        HeaderMatcher.newBuilder()
            .setName("x-role")
            .setStringMatch(StringMatcher.newBuilder().setExact("admin"));
    RouteMatch.Builder is = all().addHeaders(admin);
    RouteMatch.Builder isNot = all().addHeaders(admin.clone().setInvertMatch(true));

    assertThat(takes(is, get("/", "x-role", "guest", "x-role", "admin"))).isTrue();
    assertThat(takes(isNot, get("/", "x-role", "guest", "x-role", "admin"))).isFalse();
    assertThat(takes(is, get("/", "x-role", "guest", "x-role", "user"))).isFalse();
    assertThat(takes(isNot, get("/", "x-role", "guest", "x-role", "user"))).isTrue();
    assertThat(takes(is, get("/", "x-role", "guest,admin"))).isFalse();
  }

  @Test
  void grpcIsKnownByItsContentType() throws Exception {
    RouteMatch.Builder match = all().setGrpc(RouteMatch.GrpcRouteMatchOptions.getDefaultInstance());

    assertThat(takes(match, get("/", "content-type", "application/grpc"))).isTrue();
    assertThat(takes(match, get("/", "content-type", "application/grpc+proto"))).isTrue();
    assertThat(takes(match, get("/", "content-type", "application/grpc-web"))).isFalse();
    assertThat(takes(match, get("/"))).isFalse();
  }

  @Test
  void shareTakesNoneOrAllAtItsEnds() throws Exception {
    assertThat(takes(share(0), get("/"))).isFalse();
    assertThat(takes(share(100), get("/"))).isTrue();
  }

  private static RouteMatch.Builder share(int percent) {
    return all()
        .setRuntimeFraction(
            RuntimeFractionalPercent.newBuilder()
                .setDefaultValue(FractionalPercent.newBuilder().setNumerator(percent)));
  }

  @ParameterizedTest
  @CsvSource({
    "a.example.com,exact",
    "A.Example.COM,exact",
    "b.example.com,suffix",
    "x.b.example.com,longer",
    "example.com,all",
    "www.other,prefix",
    "www.other:8080,prefix",
    "nobody,all",
  })
  void hostIsFoundExactlyThenBySuffixThenByPrefix(String authority, String name) throws Exception {
    RouteConfiguration.Builder table = RouteConfiguration.newBuilder();
    String[][] hosts = {
      {"all", "*"},
      {"prefix", "www.*"},
      {"suffix", "*.example.com"},
      {"longer", "*.b.example.com"},
      {"exact", "a.example.com"},
    };
    for (String[] host : hosts) {
      table.addVirtualHosts(
          VirtualHost.newBuilder()
              .setName(host[0])
              .addDomains(host[1])
              .addRoutes(route(all()).setName(host[0])));
    }

    assertThat(Routes.find(table.build(), get("/").authority(authority))).isEqualTo(name);
  }

  @Test
  void portIsLookedAtUnlessTheTableSaysSo() throws Exception {
    RouteConfiguration.Builder table =
        RouteConfiguration.newBuilder()
            .addVirtualHosts(VirtualHost.newBuilder().addDomains("a.b").addRoutes(route(all())));

    assertThat(Routes.find(table.build(), get("/"))).isNull();
    assertThat(Routes.find(table.setIgnorePortInHostMatching(true).build(), get("/")))
        .isEqualTo("r");
  }

  @Test
  void firstRouteThatMatchesTakesTheRequest() throws Exception {
    RouteConfiguration table =
        Routes.table(
            route(path("exact", "/a")).setName("first"),
            route(path("prefix", "/a")).setName("second"),
            route(all()).setName("last"));

    assertThat(Routes.find(table, get("/a"))).isEqualTo("first");
    assertThat(Routes.find(table, get("/ab"))).isEqualTo("second");
    assertThat(Routes.find(table, get("/b"))).isEqualTo("last");
  }
}
