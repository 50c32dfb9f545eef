package dev.hawser.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hawser.proxy.jwt.CompactToken;
import dev.hawser.proxy.jwt.JwtException;
import dev.hawser.proxy.jwt.KeySet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Wycheproof's tokens, keys and signatures: none that is false is accepted, and each valid one of a
 * supported algorithm is. Algorithms with shared secrets and encryption are not supported, so what
 * they signed must be refused.
 */
final class JwtConformance {
  private static final Pattern SUPPORTED = Pattern.compile("RS\\d+|PS\\d+|ES\\d+|EdDSA");

  /** What came out of one file. */
  private record Count(
      String file,
      int accepted,
      int refused,
      int otherAlgorithms,
      List<String> falseAccepts,
      List<String> falseRefusals) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "json_web_signature_test.json",
        "json_web_key_test.json",
        "json_web_crypto_test.json"
      })
  void tokens(String file) {
    JsonNode whole = Vectors.json(Vectors.folder("wycheproof").resolve(file));
    check(
        file,
        whole,
        (group, test) -> acceptsToken(group, test.path("jws")),
        (group, test) -> isSupported(group));
  }

  @ParameterizedTest
  @CsvSource({
    "rsa_signature_2048_sha256,RS256", "rsa_signature_2048_sha384,RS384",
    "rsa_signature_2048_sha512,RS512", "rsa_signature_3072_sha256,RS256",
    "rsa_signature_3072_sha384,RS384", "rsa_signature_3072_sha512,RS512",
    "rsa_signature_4096_sha256,RS256", "rsa_signature_4096_sha384,RS384",
    "rsa_signature_4096_sha512,RS512", "rsa_pss_2048_sha256_mgf1_32,PS256",
    "rsa_pss_2048_sha384_mgf1_48,PS384", "rsa_pss_3072_sha256_mgf1_32,PS256",
    "rsa_pss_4096_sha256_mgf1_32,PS256", "rsa_pss_4096_sha384_mgf1_48,PS384",
    "rsa_pss_4096_sha512_mgf1_64,PS512", "ecdsa_secp256r1_sha256_p1363,ES256",
    "ecdsa_secp384r1_sha384_p1363,ES384", "ecdsa_secp521r1_sha512_p1363,ES512",
    "ed25519,EdDSA", "ed448,EdDSA"
  })
  void signatures(String name, String algorithm) {
    String file = name + "_test.json";
    JsonNode whole = Vectors.json(Vectors.folder("wycheproof").resolve(file));
    check(file, whole, (group, test) -> acceptsSignature(group, test, algorithm), (_, _) -> true);
  }

  @Test
  void everyFileIsTested() throws IOException {
    Path folder = Vectors.folder("wycheproof");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(file -> file.toString().endsWith(".json"))).hasSize(23);
    }
  }

  /** Looks at one test of a group. */
  private interface Look {
    boolean at(JsonNode group, JsonNode test);
  }

  private static void check(String file, JsonNode whole, Look accepts, Look supported) {
    int accepted = 0;
    int refused = 0;
    int others = 0;
    List<String> falseAccepts = new ArrayList<>();
    List<String> falseRefusals = new ArrayList<>();
    for (JsonNode group : whole.path("testGroups")) {
      for (JsonNode test : group.path("tests")) {
        boolean taken = accepts.at(group, test);
        String result = test.path("result").asText();
        String label = test.path("tcId").asInt() + " " + test.path("comment").asText();
        if (taken) {
          accepted++;
        } else {
          refused++;
        }
        if (taken && (result.equals("invalid") || !supported.at(group, test))) {
          falseAccepts.add(label);
        } else if (!taken && result.equals("valid")) {
          if (supported.at(group, test)) {
            falseRefusals.add(label);
          } else {
            others++;
          }
        }
      }
    }
    Count count = new Count(file, accepted, refused, others, falseAccepts, falseRefusals);
    System.out.println("CONFORMANCE jwt " + line(count));
    assertThat(count.falseAccepts()).as("false accepts of " + file).isEmpty();
    assertThat(count.falseRefusals()).as("valid, but refused, of " + file).isEmpty();
    assertThat(accepted + refused).isEqualTo(whole.path("numberOfTests").asInt());
  }

  private static String line(Count count) {
    return count.file()
        + ": "
        + count.accepted()
        + " accepted, "
        + count.refused()
        + " refused, of these valid but of other algorithms "
        + count.otherAlgorithms()
        + "; false accepts "
        + count.falseAccepts().size()
        + ", false refusals "
        + count.falseRefusals().size();
  }

  private static boolean isSupported(JsonNode group) {
    JsonNode key = key(group);
    Predicate<JsonNode> supports = one -> SUPPORTED.matcher(one.path("alg").asText()).matches();
    if (!key.has("keys")) {
      return supports.test(key);
    }
    for (JsonNode one : key.path("keys")) {
      if (!supports.test(one)) {
        return false;
      }
    }
    return true;
  }

  private static JsonNode key(JsonNode group) {
    return group.has("public") ? group.path("public") : group.path("private");
  }

  private static boolean acceptsToken(JsonNode group, JsonNode jws) {
    try {
      KeySet keys = KeySet.parse(key(group).toString().getBytes(StandardCharsets.UTF_8));
      String text = jws.isTextual() ? jws.asText() : jws.toString();
      return keys.check(CompactToken.parse(text)).isEmpty();
    } catch (IllegalArgumentException | JwtException _) {
      return false;
    }
  }

  private static boolean acceptsSignature(JsonNode group, JsonNode test, String algorithm) {
    HexFormat hex = HexFormat.of();
    KeySet keys;
    try {
      keys = KeySet.parse(jwk(group).getBytes(StandardCharsets.UTF_8));
    } catch (IllegalArgumentException _) {
      return false;
    }
    return keys.check(
            algorithm,
            hex.parseHex(test.path("msg").asText()),
            hex.parseHex(test.path("sig").asText()))
        .isEmpty();
  }

  /** Returns the group's key, made of its numbers where it is not written as one. */
  private static String jwk(JsonNode group) {
    for (String name : List.of("publicKeyJwk", "keyJwk")) {
      if (group.has(name)) {
        return group.path(name).toString();
      }
    }
    JsonNode key = group.path("publicKey");
    if (key.has("modulus")) {
      return "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"}"
          .formatted(number(key, "modulus", 0), number(key, "publicExponent", 0));
    }
    Matcher curve = Pattern.compile("secp(\\d+)r1").matcher(key.path("curve").asText());
    if (curve.matches()) {
      int size = (Integer.parseInt(curve.group(1)) + 7) / 8;
      return "{\"kty\":\"EC\",\"crv\":\"P-%s\",\"x\":\"%s\",\"y\":\"%s\"}"
          .formatted(curve.group(1), number(key, "wx", size), number(key, "wy", size));
    }
    throw new AssertionError("no key in " + group);
  }

  private static String number(JsonNode key, String name, int size) {
    String digits = key.path(name).asText();
    while (digits.startsWith("00") && digits.length() > 2 * size) {
      digits = digits.substring(2);
    }
    digits = "0".repeat(Math.max(0, 2 * size - digits.length())) + digits;
    return Base64.getUrlEncoder().withoutPadding().encodeToString(HexFormat.of().parseHex(digits));
  }
}
