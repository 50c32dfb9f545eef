package dev.hawser.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcMessagesTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 100, 1000})
  void messagesAreCountedHoweverTheyAreCut(int cut) {
    ByteBuf body = Unpooled.buffer();
    for (int length : new int[] {0, 1, 300, 0, 70_000}) {
      body.writeByte(0).writeInt(length).writeZero(length);
    }
    GrpcMessages messages = new GrpcMessages();
    for (int at = 0; at < body.writerIndex(); at += cut) {
      messages.read(body.slice(at, Math.min(cut, body.writerIndex() - at)));
    }
    assertThat(messages.count()).isEqualTo(5);
    messages.read(Unpooled.wrappedBuffer(new byte[] {1, 0, 0}));
    assertThat(messages.count()).isEqualTo(5);
    body.release();
  }
}
