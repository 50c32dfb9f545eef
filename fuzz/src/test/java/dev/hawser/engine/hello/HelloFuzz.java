package dev.hawser.engine.hello;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;

class HelloFuzz {
  /** However the bytes are cut, the decision is the same, and a name is fit to be looked up. */
  @FuzzTest
  void aHelloIsReadOrRefused(byte[] octets) {
    Detection whole = new ClientHelloParser().detect(Unpooled.wrappedBuffer(octets));
    if (whole instanceof Detection.Sni sni) {
      assertThat(sni.name()).hasSizeBetween(1, 253).matches("[^A-Z]*[^A-Z.]");
    }
    ClientHelloParser inPieces = new ClientHelloParser();
    Detection last = Detection.INCOMPLETE;
    for (int length = 1; length <= octets.length; length += 1 + length / 8) {
      last = inPieces.detect(Unpooled.wrappedBuffer(octets, 0, length));
      if (!(last instanceof Detection.Incomplete)) {
        break;
      }
    }
    if (last instanceof Detection.Incomplete) {
      last = inPieces.detect(Unpooled.wrappedBuffer(octets));
    }
    assertThat(last.getClass()).isEqualTo(whole.getClass());
  }
}
