package dev.hawser.proxy.exchange;

import dev.hawser.proxy.http.HttpStream;
import dev.hawser.proxy.reply.LocalReply;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;

/** Sends answers of the proxy itself. */
final class LocalAnswer {
  private LocalAnswer() {}

  static void send(
      LocalReply reply, HttpStream downstream, ExchangeFacts facts, Admission admission) {
    facts.ended(reply.status(), reply.flags());
    ByteBuf text = reply.body();
    int length = text.readableBytes();
    boolean headOnly = facts.isGrpc() || length == 0;
    Http2Headers head = reply.head(facts.isGrpc(), length);
    facts.localGrpcStatus(head);
    admission.respond(head);
    downstream.sendHeaders(head, headOnly);
    if (headOnly) {
      text.release();
    } else {
      facts.responseBytes(length);
      downstream.sendData(text, true);
    }
  }
}
