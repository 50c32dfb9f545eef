package dev.hawser.proxy.authn;

import dev.hawser.proxy.filter.FilterCall;
import dev.hawser.proxy.json.Json;
import dev.hawser.proxy.json.JsonText;
import dev.hawser.proxy.jwt.Jwt;
import dev.hawser.proxy.model.JwtConfig;
import io.netty.handler.codec.http2.Http2Headers;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells the application and other filters what good tokens say. */
final class Teller {
  private static final String NAME = "envoy.filters.http.jwt_authn";

  private Teller() {}

  /** Takes out what only this filter may say, whoever said it and whatever the request needs. */
  static void sanitize(Iterable<Provider> providers, FilterCall call) {
    for (Provider provider : providers) {
      provider.config().payloadHeader().ifPresent(name -> call.request().remove(name));
      for (JwtConfig.ClaimHeader header : provider.config().claimHeaders()) {
        call.request().remove(header.name());
      }
    }
  }

  static void tell(Judgement.Good good, FilterCall call) {
    JwtConfig.Provider provider = good.provider().config();
    Jwt jwt = good.jwt();
    boolean said = false;
    if (provider.payloadHeader().isPresent()) {
      String payload = jwt.token().encodedPayload();
      String padding = provider.padPayload() ? "=".repeat((4 - payload.length() % 4) % 4) : "";
      call.request().set(provider.payloadHeader().get(), payload + padding);
    }
    for (JwtConfig.ClaimHeader header : provider.claimHeaders()) {
      String value = headerValue(claim(jwt.claims(), header.claim()));
      if (value != null) {
        call.request().set(header.name(), value);
        said = true;
      }
    }
    Map<String, Object> words = new HashMap<>();
    provider.headerKey().ifPresent(key -> words.put(key, plain(jwt.token().header())));
    if (provider.payloadKey().isPresent()) {
      Map<String, Object> claims = plain(jwt.claims());
      for (String name : provider.wordLists()) {
        if (claims.get(name) instanceof String text) {
          claims.put(name, List.of(text.strip().split(" +")));
        }
      }
      words.put(provider.payloadKey().get(), claims);
      said = true;
    }
    if (!words.isEmpty()) {
      call.metadata().put(NAME, words);
    }
    if (!provider.forward()) {
      strip(good.found(), call);
    }
    if (provider.reroute() && said) {
      call.routeAgain();
    }
  }

  /** Takes out the token, which would serve whoever gets hold of it at the application. */
  private static void strip(TokenFinder.Found found, FilterCall call) {
    Http2Headers request = call.request();
    if (found.header() != null && request.contains(found.header())) {
      call.metadata().takesOut(found.header(), request);
      request.remove(found.header());
    }
    if (found.parameter() != null) {
      request.path(TokenFinder.without(String.valueOf(request.path()), found.parameter()));
    }
  }

  /** Returns the claim of this name, or the one to which its dots lead. */
  private static @Nullable Json claim(Json.Members claims, String name) {
    Json whole = claims.get(name);
    if (whole != null) {
      return whole;
    }
    Json found = claims;
    for (String step : name.split("\\.", -1)) {
      found = found instanceof Json.Members members ? members.get(step) : null;
      if (found == null) {
        return null;
      }
    }
    return found;
  }

  /** Returns what a header says of a claim; null if it cannot be said in one. */
  private static @Nullable String headerValue(@Nullable Json claim) {
    return switch (claim) {
      case null -> null;
      case Json.Text(String text) -> isPrintable(text) ? text : null;
      case Json.Decimal(BigDecimal number) -> number.toPlainString();
      case Json.Flag(boolean flag) -> Boolean.toString(flag);
      case Json.Nothing _ -> null;
      case Json.Items items -> encoded(items);
      case Json.Members members -> encoded(members);
    };
  }

  private static String encoded(Json json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(JsonText.of(json).getBytes(StandardCharsets.UTF_8));
  }

  /** An issuer may let its users choose texts; none of them may end a line of a head. */
  private static boolean isPrintable(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
  }

  private static Map<String, Object> plain(Json.Members members) {
    Map<String, Object> map = new HashMap<>();
    members
        .byName()
        .forEach((name, value) -> {
          Object plain = plain(value);
          if (plain != null) {
            map.put(name, plain);
          }
        });
    return map;
  }

  private static @Nullable Object plain(Json value) {
    return switch (value) {
      case Json.Text(String text) -> text;
      case Json.Decimal(BigDecimal number) -> number;
      case Json.Flag(boolean flag) -> flag;
      case Json.Nothing _ -> null;
      case Json.Members members -> plain(members);
      case Json.Items items -> {
        List<Object> list = new ArrayList<>();
        for (Json item : items.all()) {
          Object plain = plain(item);
          if (plain != null) {
            list.add(plain);
          }
        }
        yield list;
      }
    };
  }
}
