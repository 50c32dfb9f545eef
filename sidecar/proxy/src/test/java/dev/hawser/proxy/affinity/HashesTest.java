package dev.hawser.proxy.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashesTest {
  /** Values of the reference implementation of xxHash 0.8. */
  @ParameterizedTest
  @CsvSource({
    "'',ef46db3751d8e999,d5afba1336a3be4b",
    "a,d24ec4f1a98c6e5b,dec2bc81c3cd46c6",
    "foo,33bf00a859c4ba3f,c34823c5bf4f2cbd",
    "10.0.0.1:80_0,75041381e7371a08,886565a2d161b779",
    "abcdefgh,3ad351775b4634b7,8305125710212a61",
    "abcdefghijklmnopqrstuvwxyz,cfe1f278fa89835c,58058c6ec112e95e",
    "0123456789012345678901234567890123456789abcdefghij,a351b1e2d0183af,582c42ac5f89a734"
  })
  void xxHashIsThatOfItsReferenceImplementation(String text, String plain, String seeded) {
    assertThat(Long.toHexString(XxHash64.of(text))).isEqualTo(plain);
    assertThat(Long.toHexString(XxHash64.of(text, 1))).isEqualTo(seeded);
    assertThat(Long.toHexString(XxHash64.of(new AsciiString(text)))).isEqualTo(plain);
  }

  /** Values of {@code std::hash<std::string>} of GNU's C++ library on 64 bits. */
  @ParameterizedTest
  @CsvSource({
    "'',6142509188972423790",
    "a,4993892634952068459",
    "foo,9631199822919835226",
    "bar,11474628671133349555",
    "10.0.0.1:80_0,13659246566588789388",
    "abcdefgh,8664279048047335611",
    "abcdefghijklmnopqrstuvwxyz,9979622261905367491"
  })
  void murmurHashIsThatOfTheCppLibrary(String text, String expected) {
    assertThat(Long.toUnsignedString(MurmurHash2.of(text.getBytes(StandardCharsets.UTF_8))))
        .isEqualTo(expected);
  }
}
