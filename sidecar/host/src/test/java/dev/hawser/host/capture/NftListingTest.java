package dev.hawser.host.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class NftListingTest {
  private static final String UNCONFIRMED =
      """
      table inet hawser {
      \tset armed {
      \t\ttype inet_proto
      \t\tflags timeout
      \t\telements = { tcp timeout 1m expires 59s112ms, udp timeout 1m expires 59s112ms }
      \t}

      \tchain plan_0badcafe {
      \t}

      \tchain unconfirmed_0badcafe {
      \t}

      \tchain outbound {
      \t\ttcp dport 22 counter packets 7 bytes 420 return comment "out-ssh"
      \t\tmeta l4proto tcp counter packets 1 bytes 60 redirect to :15001 comment "out-capture"
      \t}
      }
      """;

  private static final String CONFIRMED =
      UNCONFIRMED
          .replace(" timeout 1m expires 59s112ms", "")
          .replace("\tchain unconfirmed_0badcafe {\n\t}\n\n", "")
          .replace("packets 7 bytes 420", "packets 9 bytes 540");

  @Test
  void theKernelSaysHowMuchTimeIsLeft() {
    Installed installed = NftListing.read(UNCONFIRMED);
    assertThat(installed.state()).isEqualTo(Installed.State.UNCONFIRMED);
    assertThat(installed.id()).isEqualTo("0badcafe");
    assertThat(installed.left()).isEqualTo(Duration.ofMillis(59_112));
    assertThat(installed.counters())
        .containsEntry("out-ssh", new Installed.Counter(7, 420))
        .containsEntry("out-capture", new Installed.Counter(1, 60));
    assertThat(NftListing.duration("1d2h3m4s5ms"))
        .isEqualTo(Duration.ofDays(1).plusHours(2).plusMinutes(3).plusSeconds(4).plusMillis(5));
  }

  @Test
  void whatAConfirmationAndTrafficChangeIsNoDifference() {
    Installed confirmed = NftListing.read(CONFIRMED);
    assertThat(confirmed.state()).isEqualTo(Installed.State.CONFIRMED);
    assertThat(confirmed.left()).isZero();
    assertThat(confirmed.listing())
        .isEqualTo(NftListing.read(UNCONFIRMED).listing())
        .contains("tcp dport 22 counter return comment \"out-ssh\"");
    Installed expired = NftListing.read(UNCONFIRMED.replaceAll("\\s*elements = .*", ""));
    assertThat(expired.state()).isEqualTo(Installed.State.EXPIRED);
    assertThat(expired.listing()).isEqualTo(confirmed.listing());
  }

  @Test
  void whateverElseIsChangedIsADifference() {
    String good = NftListing.read(CONFIRMED).listing();
    assertThat(good)
        .isNotEqualTo(NftListing.read(CONFIRMED.replace(":15001", ":15002")).listing())
        .isNotEqualTo(NftListing.read(CONFIRMED.replace("{ tcp, udp }", "{ tcp }")).listing())
        .isNotEqualTo(NftListing.read(CONFIRMED.replaceAll("\\s*elements = .*", "")).listing())
        .isNotEqualTo(NftListing.read(CONFIRMED.replace("tcp dport 22 ", "")).listing())
        .isNotEqualTo(
            NftListing.read(CONFIRMED.replace("{ tcp, udp }", "{ tcp, udp, sctp }")).listing());
    assertThat(good)
        .isNotEqualTo(
            NftListing.read(UNCONFIRMED.replaceAll(", udp timeout 1m expires 59s112ms", ""))
                .listing());
  }
}
