package dev.hawser.trust.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.hawser.trust.testing.TestAuthority;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificatesTest {
  private static final TestAuthority FEDERATION = TestAuthority.create();
  private static final X509Certificate ROOT = FEDERATION.root().certificate();

  @Test
  void certificatesAreReadBackFromDerAndPem() {
    List<X509Certificate> chain = FEDERATION.cluster("east").chain();
    assertThat(Certificates.parseAll(Certificates.ders(chain))).isEqualTo(chain);
    assertThat(Certificates.parsePem(Certificates.toPem(chain))).isEqualTo(chain);
    assertThat(Certificates.parsePem("# no certificates\n")).isEmpty();
    assertThat(Certificates.fingerprint(ROOT)).matches("[0-9a-f]{64}");
  }

  @Test
  void everyTruncatedCertificateIsRefusedAndSoIsALongerOne() {
    byte[] der = Certificates.der(ROOT);
    for (int length = 0; length < der.length; length++) {
      byte[] prefix = Arrays.copyOf(der, length);
      assertThatExceptionOfType(CertificateFormatException.class)
          .as("prefix of %d", length)
          .isThrownBy(() -> Certificates.parse(prefix));
    }
    assertThatExceptionOfType(CertificateFormatException.class)
        .isThrownBy(() -> Certificates.parse(Arrays.copyOf(der, der.length + 1)))
        .withMessageContaining("1 octets after it");
    assertThatExceptionOfType(CertificateFormatException.class)
        .isThrownBy(() -> Certificates.parse(new byte[Certificates.MAX_DER_LENGTH + 1]));
  }

  @Test
  void pemIsNotTakenForDer() {
    byte[] pem = Certificates.toPem(List.of(ROOT)).getBytes(StandardCharsets.US_ASCII);
    assertThatExceptionOfType(CertificateFormatException.class)
        .isThrownBy(() -> Certificates.parse(pem));
  }

  @Test
  void brokenPemIsRefusedWithItsFault() {
    String pem = Certificates.toPem(List.of(ROOT));
    assertFault(pem.substring(0, 100), "cut off");
    assertFault(pem.substring(0, 15), "does not end");
    assertFault(
        pem.replace("CERTIFICATE", "PRIVATE KEY"), "'PRIVATE KEY' (expected: 'CERTIFICATE')");
    assertFault(pem.replace("\nM", "\n?"), "not base64");
    assertFault("x".repeat(Pem.MAX_LENGTH + 1), "at most");
  }

  @Test
  void pemWithWindowsLinesAndTextAroundIsRead() {
    String pem =
        "Root of east\r\n" + Certificates.toPem(List.of(ROOT)).replace("\n", "\r\n") + "end";
    assertThat(Certificates.parsePem(pem)).containsExactly(ROOT);
  }

  @Test
  void serialNumbersAreReadBack() {
    BigInteger serial = ROOT.getSerialNumber();
    assertThat(Certificates.serial(Certificates.serialHex(serial))).isEqualTo(serial);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "0x1", "AB", "g", "11111111111111111111111111111111111111111"})
  void wrongSerialNumberIsRefused(String hex) {
    assertThatExceptionOfType(CertificateFormatException.class)
        .isThrownBy(() -> Certificates.serial(hex))
        .withMessageContaining("1-40 lower-case hexadecimal digits");
  }

  private static void assertFault(String pem, String fault) {
    assertThatExceptionOfType(CertificateFormatException.class)
        .isThrownBy(() -> Certificates.parsePem(pem))
        .withMessageContaining(fault);
  }
}
