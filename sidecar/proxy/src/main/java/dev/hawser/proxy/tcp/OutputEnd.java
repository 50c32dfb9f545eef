package dev.hawser.proxy.tcp;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/** Says to a peer that no more comes, behind everything that was written before. */
final class OutputEnd {
  private OutputEnd() {}

  /**
   * Ends the output of a channel and leaves its input open. To be called on its loop.
   *
   * @return done when the end has left, and so has all before it
   */
  static ChannelFuture of(Channel channel) {
    ChannelFuture flushed = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      return tls.closeOutbound();
    }
    if (!(channel instanceof DuplexChannel duplex)) {
      return flushed;
    }
    // Netty drops what the kernel has not taken yet when an output is shut down.
    ChannelPromise ended = channel.newPromise();
    flushed.addListener(written -> {
      if (written.isSuccess()) {
        var _ = duplex.shutdownOutput(ended);
      } else {
        ended.tryFailure(written.cause());
      }
    });
    return ended;
  }
}
