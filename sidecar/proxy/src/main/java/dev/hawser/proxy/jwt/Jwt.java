package dev.hawser.proxy.jwt;

import dev.hawser.proxy.json.Json;
import dev.hawser.proxy.json.JsonException;
import dev.hawser.proxy.json.JsonReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A token with claims (RFC 7519), read and not yet checked. Times are seconds since 1970.
 *
 * @param audiences empty if there are none
 * @param expires when it ends
 * @param notBefore when it begins
 * @param issued when it was made
 */
public record Jwt(
    CompactToken token,
    Json.Members claims,
    Optional<String> issuer,
    Optional<String> subject,
    List<String> audiences,
    OptionalLong expires,
    OptionalLong notBefore,
    OptionalLong issued) {
  /** More seconds than a number in JSON holds exactly, and later than any calendar. */
  private static final BigDecimal MAX_TIME = BigDecimal.valueOf(1L << 53);

  public Jwt {
    audiences = List.copyOf(audiences);
  }

  /**
   * Reads a token.
   *
   * @throws JwtException if its form or a claim's type is wrong
   */
  public static Jwt parse(String text) throws JwtException {
    CompactToken token = CompactToken.parse(text);
    Json.Members claims;
    try {
      claims = JsonReader.readObject(token.payload());
    } catch (JsonException _) {
      throw new JwtException(JwtFailure.PAYLOAD_NOT_JSON);
    }
    return new Jwt(
        token,
        claims,
        text(claims, "iss", JwtFailure.ISSUER_NOT_TEXT),
        text(claims, "sub", JwtFailure.SUBJECT_NOT_TEXT),
        audiences(claims),
        time(claims, "exp"),
        time(claims, "nbf"),
        time(claims, "iat"));
  }

  private static Optional<String> text(Json.Members claims, String name, JwtFailure otherwise)
      throws JwtException {
    return switch (claims.get(name)) {
      case null -> Optional.empty();
      case Json.Text(String value) -> Optional.of(value);
      default -> throw new JwtException(otherwise);
    };
  }

  private static List<String> audiences(Json.Members claims) throws JwtException {
    return switch (claims.get("aud")) {
      case null -> List.of();
      case Json.Text(String one) -> List.of(one);
      case Json.Items(List<Json> items) -> {
        List<String> all = new ArrayList<>();
        for (Json item : items) {
          if (!(item instanceof Json.Text(String one))) {
            throw new JwtException(JwtFailure.AUDIENCE_NOT_TEXT);
          }
          all.add(one);
        }
        yield all;
      }
      default -> throw new JwtException(JwtFailure.AUDIENCE_NOT_TEXT);
    };
  }

  private static OptionalLong time(Json.Members claims, String name) throws JwtException {
    return switch (claims.get(name)) {
      case null -> OptionalLong.empty();
      case Json.Decimal(BigDecimal value)
          when value.signum() >= 0 && value.compareTo(MAX_TIME) <= 0 ->
          OptionalLong.of(value.longValue());
      default -> throw new JwtException(JwtFailure.TIME_NOT_NUMBER);
    };
  }
}
