package dev.hawser.engine.hello;

import io.netty.channel.ChannelHandlerContext;

/** Decides what becomes of a connection once its first bytes are known. */
@FunctionalInterface
public interface HelloRouter {
  /**
   * Called once per connection, on its event loop, with reading switched off. The bytes stay with
   * the handler: install what shall read them at the end of the pipeline and call {@link
   * HelloHandler#replay}, now or later on this loop, or close the channel.
   *
   * @param ctx the {@link HelloHandler}'s
   * @param detection {@link Detection.Incomplete} if the time was up or the peer went away
   */
  void onHello(ChannelHandlerContext ctx, Detection detection);
}
