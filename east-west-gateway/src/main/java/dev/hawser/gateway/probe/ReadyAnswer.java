package dev.hawser.gateway.probe;

import dev.hawser.engine.drain.DrainWatch;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/** {@code GET /ready} and nothing else. */
final class ReadyAnswer extends SimpleChannelInboundHandler<FullHttpRequest> {
  private final DrainWatch drain;

  ReadyAnswer(DrainWatch drain) {
    this.drain = drain;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    HttpResponseStatus status;
    if (!request.uri().equals("/ready")) {
      status = HttpResponseStatus.NOT_FOUND;
    } else if (!request.method().equals(HttpMethod.GET)) {
      status = HttpResponseStatus.METHOD_NOT_ALLOWED;
    } else {
      status = drain.isDraining() ? HttpResponseStatus.SERVICE_UNAVAILABLE : HttpResponseStatus.OK;
    }
    String body = status.equals(HttpResponseStatus.OK) ? "{\"ready\":true}" : "{\"ready\":false}";
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(body, StandardCharsets.US_ASCII));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    HttpUtil.setContentLength(response, response.content().readableBytes());
    var _ =
        keepAlive
            ? ctx.writeAndFlush(response)
            : ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }
}
