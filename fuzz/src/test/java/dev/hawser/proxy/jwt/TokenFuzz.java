package dev.hawser.proxy.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class TokenFuzz {
  @FuzzTest
  void aTokenIsReadOrRefused(byte[] octets) {
    try {
      assertThat(Jwt.parse(new String(octets, StandardCharsets.UTF_8))).isNotNull();
    } catch (JwtException e) {
      assertThat(e).isNotNull();
    }
  }

  @FuzzTest
  void keysAreReadOrRefused(byte[] octets) {
    try {
      assertThat(KeySet.parse(octets).size()).isPositive();
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageMatching("(?s).+");
    }
  }
}
