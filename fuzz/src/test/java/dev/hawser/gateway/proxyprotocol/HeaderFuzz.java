package dev.hawser.gateway.proxyprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

class HeaderFuzz {
  @FuzzTest
  void aHeaderIsReadOrRefused(byte[] octets) {
    ByteBuf in = Unpooled.wrappedBuffer(octets);
    ProxyHeader.Result result = ProxyHeader.parse(in);
    assertThat(in.readerIndex()).isZero();
    if (result instanceof ProxyHeader.Result.Found(var _, int length)) {
      assertThat(length).isLessThanOrEqualTo(octets.length);
      assertThat(ProxyHeader.parse(Unpooled.wrappedBuffer(octets, 0, length - 1)))
          .isInstanceOf(ProxyHeader.Result.Incomplete.class);
    }
  }
}
