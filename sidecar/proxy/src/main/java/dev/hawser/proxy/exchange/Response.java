package dev.hawser.proxy.exchange;

import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.http.HttpStream;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.worker.DateClock;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/** The response on its way to the caller. Lives on one event loop. */
final class Response {
  private final HttpStream downstream;
  private final ExchangeFacts facts;
  private final Admission admission;
  private final DateClock date;
  private boolean begun;
  private int owed;

  Response(HttpStream downstream, ExchangeFacts facts, Admission admission, DateClock date) {
    this.downstream = downstream;
    this.facts = facts;
    this.admission = admission;
    this.date = date;
  }

  /** Whether the caller has seen a part of it. */
  boolean hasBegun() {
    return begun;
  }

  void interim(Http2Headers headers) {
    if (!begun) {
      downstream.sendHeaders(headers, false);
    }
  }

  /** Passes the head of an upstream's response on. */
  void head(Http2Headers headers, int status, boolean end) {
    begun = true;
    putDate(headers);
    facts.response(headers, status);
    admission.respond(headers);
    downstream.sendHeaders(headers, end);
  }

  /** RFC 9110 section 6.6.1: whoever passes a response on says when it came, if nobody else did. */
  private void putDate(Http2Headers head) {
    if (!head.contains(HeaderNames.DATE)) {
      head.add(HeaderNames.DATE, date.now());
    }
  }

  void data(ByteBuf data, boolean end) {
    int size = data.readableBytes();
    facts.responseData(data);
    owed += size;
    downstream.sendData(data, end);
  }

  void trailers(Http2Headers trailers) {
    facts.trailers(trailers);
    downstream.sendTrailers(trailers);
  }

  /** Lets the upstream send more once what it sent is on its way. */
  void settle(@Nullable HttpStream from) {
    if (owed > 0 && from != null && downstream.isWritable()) {
      int credit = owed;
      owed = 0;
      from.credit(credit);
    }
  }

  /** Sends an answer of the proxy itself. */
  void answer(LocalReply reply) {
    begun = true;
    facts.ended(reply.status(), reply.flags());
    ByteBuf text = reply.body();
    int length = text.readableBytes();
    boolean headOnly = facts.isGrpc() || facts.isHead() || length == 0;
    Http2Headers head = reply.head(facts.isGrpc(), length);
    putDate(head);
    facts.local(head);
    admission.answer(head);
    downstream.sendHeaders(head, headOnly);
    if (headOnly) {
      text.release();
    } else {
      facts.ownBytes(length);
      downstream.sendData(text, true);
    }
  }
}
