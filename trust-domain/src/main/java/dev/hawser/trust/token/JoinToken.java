package dev.hawser.trust.token;

import dev.hawser.trust.json.JsonObject;
import dev.hawser.trust.spiffe.TrustDomain;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * An invitation: where to go, by what to recognise the one who invited, and a secret to be let in
 * by once. Its text is {@code hwsr1.} and canonical JSON in base64url.
 *
 * <p>The issuer believes only the id and the secret; the rest tells the joiner what to expect.
 *
 * @param kind what it is good for
 * @param id names it in lists, 16 lower-case hexadecimal digits
 * @param secret 256 bits, base64url; not in {@link #toString()}
 * @param cluster the issuing cluster's name, one label
 * @param meshDomain the mesh domain of the federation
 * @param controlPlane {@code host:port} of the issuer's control plane, at most 16
 * @param gateways {@code host:port} of the issuer's east-west gateways, at most 16
 * @param pin SHA-256 digest of the root in DER, 64 lower-case hexadecimal digits
 * @param expires until when it can be redeemed, whole seconds
 * @param subject whom it is for, printable ASCII, at most 253; empty: anybody who holds it
 */
public record JoinToken(
    TokenKind kind,
    String id,
    String secret,
    String cluster,
    String meshDomain,
    List<String> controlPlane,
    List<String> gateways,
    String pin,
    Instant expires,
    String subject) {
  /** Characters of the text form that are read at most. */
  public static final int MAX_LENGTH = 8192;

  private static final String PREFIX = "hwsr1.";
  private static final Set<String> KEYS =
      Set.of(
          "kind",
          "id",
          "secret",
          "cluster",
          "mesh",
          "control",
          "gateways",
          "pin",
          "expires",
          "subject");
  private static final String COPY_AGAIN =
      "Copy the whole line that the invitation printed, or make a new one: hawser invite.";

  /**
   * Makes a token of these parts.
   *
   * @throws IllegalArgumentException if a part is not as described; the message names it, but never
   *     the secret
   */
  public JoinToken {
    TokenFields.require("id", TokenFields.isHex(id, 16), "16 lower-case hexadecimal digits");
    TokenFields.require("secret", TokenFields.isSecret(secret), "256 bits in base64url");
    TokenFields.require("pin", TokenFields.isHex(pin, 64), "64 lower-case hexadecimal digits");
    TokenFields.require("cluster", cluster.indexOf('.') < 0, "one label");
    TokenFields.require("subject", TokenFields.isSubject(subject), "0-253 of printable ASCII");
    TokenFields.require(
        "expires", expires.getNano() == 0 && expires.getEpochSecond() > 0, "whole seconds");
    TrustDomain.of(cluster, meshDomain);
    controlPlane = TokenFields.addresses("control plane", controlPlane);
    gateways = TokenFields.addresses("gateways", gateways);
  }

  /**
   * Reads a token.
   *
   * @param text as printed; white space around it is ignored
   * @throws JoinTokenException if it is not one, with a hint for whoever typed it
   */
  public static JoinToken parse(String text) {
    String token = text.strip();
    if (token.isEmpty()) {
      throw new JoinTokenException("join token: it is empty", COPY_AGAIN);
    }
    if (token.length() > MAX_LENGTH) {
      throw new JoinTokenException(
          "join token: " + token.length() + " characters (expected: at most " + MAX_LENGTH + ")",
          COPY_AGAIN);
    }
    if (!token.startsWith(PREFIX)) {
      throw token.matches("(?s)hwsr[0-9]{1,3}\\..*")
          ? new JoinTokenException(
              "join token: another version than this program's (expected: " + PREFIX + "...)",
              "Use the same release of Hawser on both sides.")
          : new JoinTokenException(
              "join token: it does not begin with '" + PREFIX + "'", COPY_AGAIN);
    }
    return read(decode(token.substring(PREFIX.length())));
  }

  /** Returns the text form: whoever has it can join. */
  public String text() {
    String json =
        JsonObject.builder()
            .put("kind", kind.name())
            .put("id", id)
            .put("secret", secret)
            .put("cluster", cluster)
            .put("mesh", meshDomain)
            .putTexts("control", controlPlane)
            .putTexts("gateways", gateways)
            .put("pin", pin)
            .put("expires", expires.getEpochSecond())
            .put("subject", subject)
            .build()
            .toString();
    return PREFIX
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the trust domain of the cluster that issued it. */
  public TrustDomain trustDomain() {
    return TrustDomain.of(cluster, meshDomain);
  }

  /** Returns everything but the secret. */
  @Override
  public String toString() {
    return "JoinToken["
        + kind
        + " id="
        + id
        + " cluster="
        + trustDomain()
        + " for="
        + (subject.isEmpty() ? "anybody" : subject)
        + " expires="
        + expires
        + "]";
  }

  private static String decode(String payload) {
    try {
      byte[] json = Base64.getUrlDecoder().decode(payload);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (IllegalArgumentException | CharacterCodingException _) {
      // The decoder's message would quote a piece of the token.
      throw altered("its payload is not base64url");
    }
  }

  private static JoinToken read(String json) {
    try {
      JsonObject payload = JsonObject.parse(json, MAX_LENGTH);
      payload.allowOnly(KEYS);
      return new JoinToken(
          TokenFields.kind(payload.text("kind")),
          payload.text("id"),
          payload.text("secret"),
          payload.text("cluster"),
          payload.text("mesh"),
          payload.texts("control"),
          payload.texts("gateways"),
          payload.text("pin"),
          TokenFields.seconds(payload.number("expires")),
          payload.text("subject"));
    } catch (IllegalArgumentException e) {
      throw altered(String.valueOf(e.getMessage()));
    }
  }

  private static JoinTokenException altered(String problem) {
    return new JoinTokenException("join token: cut off or altered: " + problem, COPY_AGAIN);
  }
}
