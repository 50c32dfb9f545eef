package dev.hawser.host.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.InetAddress;
import java.util.List;

class QueryFuzz {
  private static final List<InetAddress> ANSWER = List.of(InetAddress.ofLiteral("192.0.2.1"));

  @FuzzTest
  void aQueryIsAnsweredRefusedOrDropped(byte[] octets) {
    switch (DnsQuery.parse(octets)) {
      case DnsQuery.Parsed.Drop _ -> assertThat(octets).isNotNull();
      case DnsQuery.Parsed.Refuse(int rcode) ->
          assertThat(DnsAnswers.error(octets, rcode)).hasSizeBetween(12, 12 + octets.length);
      case DnsQuery.Parsed.Query(DnsQuery query) -> {
        assertThat(DnsAnswers.addresses(query, ANSWER, 5)).hasSizeGreaterThan(12);
        assertThat(DnsAnswers.error(query, 2)).hasSizeGreaterThan(12);
      }
    }
  }
}
