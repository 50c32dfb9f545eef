package dev.hawser.proxy.routing;

import static dev.hawser.proxy.routing.Routes.all;
import static dev.hawser.proxy.routing.Routes.get;
import static dev.hawser.proxy.routing.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.filter.Metadata;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.upstream.Upstreams;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.envoyproxy.envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RewriteTest {
  private static String rewritten(Route.Builder route, String path) throws Exception {
    RouteRule rule = Routes.rule(route);
    return PathRewriter.rewrite(
        rule, ((RouteRule.Action.Forward) rule.action()).path(), RequestPath.of(get(path)));
  }

  private static RegexMatchAndSubstitute replace(String expression, String by) {
    return RegexMatchAndSubstitute.newBuilder()
        .setPattern(RegexMatcher.newBuilder().setRegex(expression))
        .setSubstitution(by)
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "/api/,/,/api/x?q=1,/x?q=1",
    "/api,/v2,/api/x,/v2/x",
    "/api,/v2,/api,/v2",
    "/api,/v2,/apiary,/v2ary",
  })
  void matchedPrefixIsReplaced(String prefix, String by, String path, String result)
      throws Exception {
    Route.Builder route = route(RouteMatch.newBuilder().setPrefix(prefix));
    route.getRouteBuilder().setPrefixRewrite(by);

    assertThat(rewritten(route, path)).isEqualTo(result);
  }

  @ParameterizedTest
  @CsvSource({
    "^/service/([^/]+)(/.*)$,\\2/instance/\\1,/service/foo/v1/api?q,/v1/api/instance/foo?q",
    "one,two,/xxx/one/yyy/one/zzz,/xxx/two/yyy/two/zzz",
    "^(.*?)one(.*)$,\\1two\\2,/xxx/one/yyy/one/zzz,/xxx/two/yyy/one/zzz",
    "(?i)/xxx/,/yyy/,/aaa/XxX/bbb,/aaa/yyy/bbb",
    "a,$1,/a,/$1",
    "^/(a),\\11,/a,/a1",
  })
  void expressionIsReplacedInThePathWithoutItsQuery(
      String expression, String by, String path, String result) throws Exception {
    Route.Builder route = route(all());
    route.getRouteBuilder().setRegexRewrite(replace(expression, by));

    assertThat(rewritten(route, path)).isEqualTo(result);
  }

  @Test
  void templateMovesItsVariables() throws Exception {
    RouteMatch.Builder match =
        RouteMatch.newBuilder()
            .setPathMatchPolicy(
                extension(
                    Any.pack(
                        UriTemplateMatchConfig.newBuilder()
                            .setPathTemplate("/users/{user}/{rest=**}")
                            .build())));
    Route.Builder route = route(match);
    route
        .getRouteBuilder()
        .setPathRewritePolicy(
            extension(
                Any.pack(
                    UriTemplateRewriteConfig.newBuilder()
                        .setPathTemplateRewrite("/{rest}/of/{user}")
                        .build())));

    assertThat(rewritten(route, "/users/me/a/b?q=1")).isEqualTo("/a/b/of/me?q=1");
  }

  private static TypedExtensionConfig extension(Any config) {
    return TypedExtensionConfig.newBuilder().setName("t").setTypedConfig(config).build();
  }

  private static String location(RedirectAction.Builder redirect, String authority, String path)
      throws Exception {
    RouteRule rule =
        Routes.rule(
            Route.newBuilder()
                .setMatch(RouteMatch.newBuilder().setPrefix("/a"))
                .setRedirect(redirect));
    Http2Headers head =
        Redirector.reply(
                rule,
                (RouteRule.Action.Redirect) rule.action(),
                get(path).authority(authority),
                false)
            .head(false, 0);
    return head.status() + " " + head.get("location");
  }

  @Test
  void redirectChangesWhatItNamesAndKeepsTheRest() throws Exception {
    RedirectAction.Builder none = RedirectAction.newBuilder();
    assertThat(location(none.clone().setHostRedirect("x.y"), "h:8080", "/a?q"))
        .isEqualTo("301 http://x.y/a?q");
    assertThat(location(none.clone().setHttpsRedirect(true), "h:80", "/a"))
        .isEqualTo("301 https://h/a");
    assertThat(location(none.clone().setHttpsRedirect(true).setPortRedirect(8443), "h:80", "/a"))
        .isEqualTo("301 https://h:8443/a");
    assertThat(
            location(
                none.clone()
                    .setPathRedirect("/new")
                    .setResponseCode(RedirectAction.RedirectResponseCode.PERMANENT_REDIRECT),
                "[::1]:8080",
                "/a?q=1"))
        .isEqualTo("308 http://[::1]:8080/new?q=1");
    assertThat(location(none.clone().setPathRedirect("/new?x=2"), "h", "/a?q=1"))
        .isEqualTo("301 http://h/new?x=2");
    assertThat(location(none.clone().setPrefixRewrite("/b").setStripQuery(true), "h", "/a/c?q"))
        .isEqualTo("301 http://h/b/c");
    assertThat(
            location(
                none.clone()
                    .setRegexRewrite(replace("/a/(.*)", "/\\1"))
                    .setResponseCode(RedirectAction.RedirectResponseCode.SEE_OTHER),
                "h",
                "/a/c"))
        .isEqualTo("303 http://h/c");
  }

  private static HeaderValueOption add(String name, String value, HeaderAppendAction how) {
    return HeaderValueOption.newBuilder()
        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
        .setAppendAction(how)
        .build();
  }

  private static final class Context implements RouteContext {
    private final Metadata metadata = new Metadata();

    @Override
    public Downstream downstream() {
      return new Downstream(
          null, null, new InetSocketAddress("10.1.2.3", 4567), null, false, "", 0, false);
    }

    @Override
    public Metadata metadata() {
      return metadata;
    }

    @Override
    public Upstreams upstreams() {
      throw new IllegalStateException("no upstream is looked for");
    }

    @Override
    public SplittableRandom random() {
      return new SplittableRandom(1);
    }

    @Override
    public String protocol() {
      return "HTTP/1.1";
    }
  }

  @Test
  void headersAreRemovedThenPutAsTheirActionSays() throws Exception {
    RouteRule rule =
        Routes.rule(
            route(all())
                .addRequestHeadersToRemove("x-gone")
                .addRequestHeadersToAdd(add("x-a", "2", HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD))
                .addRequestHeadersToAdd(add("x-b", "2", HeaderAppendAction.ADD_IF_ABSENT))
                .addRequestHeadersToAdd(
                    add("x-c", "2", HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD))
                .addRequestHeadersToAdd(add("x-d", "2", HeaderAppendAction.OVERWRITE_IF_EXISTS))
                .addRequestHeadersToAdd(
                    add(
                        "x-facts",
                        "%REQ(X-A)% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %PROTOCOL%"
                            + " %REQ(none?x-b):1% %DYNAMIC_METADATA(jwt:sub)% 100%%",
                        HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD))
                .addRequestHeadersToAdd(
                    add("x-empty", "%REQ(none)%", HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD)));
    Http2Headers request = get("/", "x-gone", "1", "x-a", "1", "x-b", "10", "x-c", "1");
    Context context = new Context();
    context.metadata.put("jwt", Map.of("sub", "me"));

    new HeaderEditor(context, "r", "c", request, null).apply(rule.headers().request(), request);

    assertThat(request.contains("x-gone")).isFalse();
    assertThat(request.getAll("x-a")).extracting(String::valueOf).containsExactly("1", "2");
    assertThat(request.getAll("x-b")).extracting(String::valueOf).containsExactly("10");
    assertThat(request.getAll("x-c")).extracting(String::valueOf).containsExactly("2");
    assertThat(request.contains("x-d")).isFalse();
    assertThat(String.valueOf(request.get("x-facts"))).isEqualTo("1 10.1.2.3 HTTP/1.1 1 me 100%");
    assertThat(request.contains("x-empty")).isFalse();
  }

  @Test
  void changesOfOneLevelSeeTheHeadAsItWasAndWhatReplacesComesFirst() throws Exception {
    RouteRule rule =
        Routes.rule(
            route(all())
                .addRequestHeadersToAdd(add("x-a", "2", HeaderAppendAction.ADD_IF_ABSENT))
                .addRequestHeadersToAdd(add("x-a", "3", HeaderAppendAction.ADD_IF_ABSENT))
                .addRequestHeadersToAdd(add("x-b", "2", HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD))
                .addRequestHeadersToAdd(
                    add("x-b", "%REQ(x-b)%3", HeaderAppendAction.OVERWRITE_IF_EXISTS)));
    Http2Headers request = get("/", "x-b", "1", "x-b", "unread");

    new HeaderEditor(new Context(), "r", "c", request, null)
        .apply(rule.headers().request(), request);

    assertThat(request.getAll("x-a")).extracting(String::valueOf).containsExactly("2", "3");
    assertThat(request.getAll("x-b")).extracting(String::valueOf).containsExactly("13", "2");
  }

  @Test
  void metadataThatWouldEndALineIsLeftOut() throws Exception {
    RouteRule rule =
        Routes.rule(
            route(all())
                .addRequestHeadersToAdd(
                    add(
                        "x-sub",
                        "%DYNAMIC_METADATA(jwt:sub)%",
                        HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD)));
    Http2Headers request = get("/");
    Context context = new Context();
    context.metadata.put("jwt", Map.of("sub", "a\r\nx-admin: 1"));

    new HeaderEditor(context, "r", "c", request, null).apply(rule.headers().request(), request);

    assertThat(request.contains("x-sub")).isFalse();
  }
}
