package dev.hawser.proxy.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.AddressRange;
import dev.hawser.proxy.model.FieldMatch;
import dev.hawser.proxy.model.TextMatch;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AccessJudgeTest {
  private static final Access.Rule ANY = new Access.Rule.Any();
  private static final Access.Rule EAST =
      new Access.Rule.Caller(new TextMatch.Prefix("spiffe://east.mesh.internal/", false));

  private static AccessJudge.Subject asking(@Nullable String caller, String method) {
    return new AccessJudge.Subject(
        caller,
        InetAddress.ofLiteral("10.1.2.3"),
        "p8080.orders.shop.east.mesh.internal",
        8080,
        new DefaultHttp2Headers(false).method(method).path("/admin/x?y=1").authority("orders"));
  }

  private static boolean judge(
      boolean allow, Access.Rule caller, Access.Rule request, AccessJudge.Subject subject) {
    return AccessJudge.allows(
        List.of(
            new Access(allow, List.of(new Access.Policy("p", List.of(caller), List.of(request))))),
        subject);
  }

  @Test
  void allowNeedsAMatchAndDenyNeedsNone() {
    AccessJudge.Subject east = asking("spiffe://east.mesh.internal/ns/a/sa/b", "GET");
    AccessJudge.Subject west = asking("spiffe://west.mesh.internal/ns/a/sa/b", "GET");

    assertThat(judge(true, EAST, ANY, east)).isTrue();
    assertThat(judge(true, EAST, ANY, west)).isFalse();
    assertThat(judge(false, EAST, ANY, east)).isFalse();
    assertThat(judge(false, EAST, ANY, west)).isTrue();
    assertThat(AccessJudge.allows(List.of(new Access(true, List.of())), east)).isFalse();
    assertThat(AccessJudge.allows(List.of(new Access(false, List.of())), east)).isTrue();
    assertThat(AccessJudge.allows(List.of(), east)).isTrue();
  }

  @Test
  void everyFieldOfANameIsTestedAlone() {
    AccessJudge.Subject subject = asking(null, "GET");
    Http2Headers request = Objects.requireNonNull(subject.request());
    request.add("x-role", "guest").add("x-role", "admin");
    Optional<TextMatch> admin = Optional.of(new TextMatch.Exact("admin", false));
    Access.Rule isAdmin =
        new Access.Rule.Header(new FieldMatch("x-role", admin, true, false, false));
    Access.Rule isNot = new Access.Rule.Header(new FieldMatch("x-role", admin, true, true, false));

    assertThat(judge(false, ANY, isAdmin, subject)).isFalse();
    assertThat(judge(true, ANY, isNot, subject)).isFalse();
    request.set("x-role", "guest", "user");
    assertThat(judge(false, ANY, isAdmin, subject)).isTrue();
    assertThat(judge(true, ANY, isNot, subject)).isTrue();
  }

  @Test
  void trustDomainThatOnlyBeginsAlikeIsAnotherOne() {
    assertThat(judge(true, EAST, ANY, asking("spiffe://east.mesh.internal.evil/ns/a/sa/b", "GET")))
        .isFalse();
    assertThat(judge(true, EAST, ANY, asking(null, "GET"))).isFalse();
  }

  @Test
  void rulesCombine() {
    AccessJudge.Subject subject = asking("spiffe://east.mesh.internal/ns/a/sa/b", "POST");
    Access.Rule post =
        new Access.Rule.Header(
            new FieldMatch(
                ":method", Optional.of(new TextMatch.Exact("POST", false)), true, false, false));
    Access.Rule admin = new Access.Rule.Path(new TextMatch.Prefix("/admin", false));
    Access.Rule exact = new Access.Rule.Path(new TextMatch.Exact("/admin/x", false));
    Access.Rule near =
        new Access.Rule.Source(new AddressRange(InetAddress.ofLiteral("10.1.0.0"), 16));

    assertThat(judge(true, ANY, new Access.Rule.All(List.of(post, admin, exact)), subject))
        .isTrue();
    assertThat(judge(true, ANY, new Access.Rule.Not(post), subject)).isFalse();
    assertThat(
            judge(
                true, ANY, new Access.Rule.OneOf(List.of(new Access.Rule.Port(1), near)), subject))
        .isTrue();
    assertThat(judge(true, ANY, new Access.Rule.Port(8080), subject)).isTrue();
  }
}
