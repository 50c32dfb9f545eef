package dev.hawser.proxy.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.proxy.model.LabelSet;
import dev.hawser.proxy.model.Stickiness;
import dev.hawser.proxy.model.Stickiness.Source;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AffinityPlanTest {
  private static final InetSocketAddress REMOTE = new InetSocketAddress("10.1.2.3", 4000);
  private static final InetSocketAddress LOCAL = new InetSocketAddress("10.0.0.1", 80);

  private static final Source.Cookie COOKIE =
      new Source.Cookie(
          "user", Optional.of(Duration.ofSeconds(60)), "/shop", Map.of("SameSite", "Lax"));

  private static AffinityPlan.Found find(Http2Headers request, Stickiness.Policy... policies) {
    return AffinityPlan.find(
        new Stickiness(Arrays.asList(policies)), LabelSet.NONE, request, REMOTE, LOCAL);
  }

  private static Stickiness.Policy by(Source source) {
    return new Stickiness.Policy(source, false);
  }

  private static long hash(Http2Headers request, Source source) {
    Affinity found = find(request, by(source)).affinity();
    assertThat(found.hashed()).isTrue();
    return found.hash();
  }

  @Test
  void everySourceIsHashedAsItsText() {
    Http2Headers request =
        new DefaultHttp2Headers()
            .path("/a?x=1&user=ann&user=bob")
            .add("x-user", "ann")
            .add("cookie", "a=b; user=\"ann\"");

    assertThat(hash(request, new Source.Header("x-user"))).isEqualTo(XxHash64.of("ann"));
    assertThat(hash(request, new Source.Query("user"))).isEqualTo(XxHash64.of("ann"));
    assertThat(hash(request, COOKIE)).isEqualTo(XxHash64.of("ann"));
    assertThat(hash(request, new Source.Address())).isEqualTo(XxHash64.of("10.1.2.3"));
  }

  @Test
  void absentSourceMakesNoHashAndAnEqualOneTwiceIsNotLost() {
    Http2Headers request = new DefaultHttp2Headers().path("/").add("x-user", "ann");
    Stickiness.Policy user = by(new Source.Header("x-user"));

    assertThat(find(request, by(new Source.Header("x-other"))).affinity().hashed()).isFalse();
    assertThat(find(request, user, user).affinity().hash())
        .isEqualTo(Long.rotateLeft(XxHash64.of("ann"), 1) ^ XxHash64.of("ann"))
        .isNotZero();
  }

  @Test
  void terminalSourceEndsTheListOnceItHasAHash() {
    Stickiness.Policy terminal = new Stickiness.Policy(new Source.Header("x-user"), true);
    Stickiness.Policy address = by(new Source.Address());
    Http2Headers with = new DefaultHttp2Headers().path("/").add("x-user", "ann");
    Http2Headers without = new DefaultHttp2Headers().path("/");

    assertThat(find(with, terminal, address).affinity().hash()).isEqualTo(XxHash64.of("ann"));
    assertThat(find(without, terminal, address).affinity().hash())
        .isEqualTo(XxHash64.of("10.1.2.3"));
  }

  @Test
  void cookieIsMadeWhereThereIsNoneAndLeadsToTheSameEndpointAfterwards() {
    AffinityPlan.Found made = find(new DefaultHttp2Headers().path("/"), by(COOKIE));

    String cookie = Objects.requireNonNull(made.setCookie());
    assertThat(cookie)
        .matches("user=\"[0-9a-f]{16}\"; Max-Age=60; Path=/shop; SameSite=Lax; HttpOnly");
    String value = cookie.substring(0, cookie.indexOf(';'));
    Http2Headers next = new DefaultHttp2Headers().path("/").add("cookie", value);
    AffinityPlan.Found again = find(next, by(COOKIE));
    assertThat(again.affinity()).isEqualTo(made.affinity());
    assertThat(again.setCookie()).isNull();
  }

  @Test
  void orderOfFieldsDoesNotMatter() {
    Http2Headers one = new DefaultHttp2Headers().add("x-user", "a").add("x-user", "b");
    Http2Headers other = new DefaultHttp2Headers().add("x-user", "b").add("x-user", "a");

    assertThat(hash(one, new Source.Header("x-user")))
        .isEqualTo(hash(other, new Source.Header("x-user")));
  }
}
