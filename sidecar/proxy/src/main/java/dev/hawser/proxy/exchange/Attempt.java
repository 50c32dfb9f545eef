package dev.hawser.proxy.exchange;

import dev.hawser.engine.tls.PeerCheck;
import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.http.ClientConnection;
import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.http.HttpStream;
import dev.hawser.proxy.http.ResetReason;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.http.StreamListener;
import dev.hawser.proxy.observe.Watch;
import dev.hawser.proxy.reply.GrpcCodes;
import dev.hawser.proxy.tcp.RawConnection;
import dev.hawser.proxy.upstream.ConnectionPool;
import dev.hawser.proxy.upstream.Dialer;
import dev.hawser.proxy.upstream.UpstreamStat;
import dev.hawser.proxy.upstream.WorkerUpstream;
import dev.hawser.trust.spiffe.SpiffeId;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** One try of a request on one endpoint. */
final class Attempt implements ConnectionPool.Waiter, Dialer.Outcome, StreamListener {
  private static final String GRPC = "application/grpc";

  private final Exchange exchange;
  private final WorkerUpstream upstream;
  private final Endpoint endpoint;
  private @Nullable HttpStream stream;
  private @Nullable SpiffeId peer;
  private @Nullable Channel through;
  private long began;
  private int status;
  private boolean answerNoted;
  private boolean responseEnded;
  private boolean over;

  Attempt(Exchange exchange, WorkerUpstream upstream, Endpoint endpoint) {
    this.exchange = exchange;
    this.upstream = upstream;
    this.endpoint = endpoint;
  }

  /**
   * Begins.
   *
   * @param raw whether on a connection of its own, that carries bytes
   */
  void begin(boolean raw) {
    if (raw) {
      upstream.dialRaw(endpoint, this);
    } else {
      upstream.acquire(endpoint, this);
    }
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** Returns who is at the other end, once there is a verified one. */
  @Nullable SpiffeId peer() {
    return peer;
  }

  /** Returns the stream to send on, or null while there is no connection. */
  @Nullable HttpStream stream() {
    return over ? null : stream;
  }

  @Override
  public void connected(Channel bytes) {
    if (over) {
      var _ = bytes.close();
    } else {
      connected(RawConnection.on(bytes));
    }
  }

  @Override
  public void connected(ClientConnection connection) {
    if (over) {
      return;
    }
    through = connection.channel();
    peer = connection.channel().attr(PeerCheck.PEER).get();
    stream = connection.open(this);
    endpoint.began();
    upstream.upstream().stats().count(UpstreamStat.RQ_TOTAL);
    if (endpoint.wantsLatency()) {
      began = System.nanoTime();
    }
    exchange.onStream(this, stream);
  }

  /** Tells who watches, if anybody does, that it begins with this head. */
  void watched(@Nullable Watch watch, Http2Headers head) {
    Channel channel = through;
    if (watch != null && channel != null) {
      watch.beginTry(
          head, channel.localAddress(), upstream.upstream().name(), endpoint.addressText());
    }
  }

  @Override
  public void failed(StreamFailure failure) {
    if (!over) {
      over = true;
      exchange.onAttemptFailed(this, failure);
    }
  }

  @Override
  public void onHeaders(Http2Headers headers, boolean end) {
    if (over) {
      return;
    }
    status = ExchangeFacts.parseStatus(headers.status());
    upstream.upstream().stats().countAnswer(status);
    if (endpoint.wantsLatency()) {
      long now = System.nanoTime();
      endpoint.tookTime(now - began, now);
    }
    if (!isGrpc(headers)) {
      noteAnswer(status);
    } else if (end) {
      noteGrpc(headers, true);
    }
    responseEnded = end;
    exchange.onResponse(this, headers, end);
  }

  private static boolean isGrpc(Http2Headers headers) {
    CharSequence type = headers.get(HeaderNames.CONTENT_TYPE);
    return type != null && AsciiString.regionMatches(type, true, 0, GRPC, 0, GRPC.length());
  }

  /**
   * A gRPC server says only at the end how it went. One that refuses at once is judged by the
   * status of HTTP that its code means, as in Envoy; after an answer only UNAVAILABLE is about the
   * server and not about the call.
   *
   * @param atOnce whether these fields are all there is of an answer
   */
  private void noteGrpc(Http2Headers fields, boolean atOnce) {
    int code = fields.getInt(HeaderNames.GRPC_STATUS, -1);
    boolean counts = atOnce ? code > GrpcCodes.OK : code == GrpcCodes.UNAVAILABLE;
    noteAnswer(counts ? GrpcCodes.http(code) : status);
  }

  private void noteAnswer(int as) {
    if (!answerNoted) {
      answerNoted = true;
      upstream.upstream().noteAnswer(endpoint, as);
    }
  }

  @Override
  public void onInformational(Http2Headers headers) {
    if (!over) {
      exchange.onInterim(headers);
    }
  }

  @Override
  public void onData(ByteBuf data, boolean end) {
    if (over) {
      data.release();
      return;
    }
    responseEnded = end;
    exchange.onResponseData(this, data, end);
  }

  @Override
  public void onTrailers(Http2Headers trailers) {
    if (!over) {
      responseEnded = true;
      noteGrpc(trailers, false);
      exchange.onResponseTrailers(this, trailers);
    }
  }

  @Override
  public void onWritable() {
    if (!over) {
      exchange.settleRequest();
    }
  }

  @Override
  public void onReset(StreamFailure failure) {
    if (over) {
      return;
    }
    over = true;
    endpoint.ended();
    upstream.upstream().stats().count(UpstreamStat.RQ_RX_RESET);
    upstream.upstream().noteFailure(endpoint, failure);
    exchange.onAttemptFailed(this, failure);
  }

  /** The exchange is done with it; what has not ended is broken off. */
  void release() {
    if (over) {
      return;
    }
    over = true;
    HttpStream open = stream;
    if (open == null) {
      upstream.cancel(endpoint, this);
      return;
    }
    if (!answerNoted && responseEnded) {
      noteAnswer(status);
    }
    endpoint.ended();
    if (!responseEnded || !exchange.isRequestSent()) {
      open.reset(ResetReason.CANCEL);
    }
  }

  /** The exchange gave up waiting for it: that counts against the endpoint. */
  void timeOut(String detail) {
    if (!over && stream != null) {
      upstream
          .upstream()
          .noteFailure(endpoint, new StreamFailure(StreamFailure.Kind.TRY_TIMEOUT, detail));
    }
    release();
  }
}
