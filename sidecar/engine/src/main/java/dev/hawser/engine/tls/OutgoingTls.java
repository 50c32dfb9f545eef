package dev.hawser.engine.tls;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;

/** TLS for opening connections; the peer is always verified. Safe for use by any thread. */
public sealed interface OutgoingTls extends AutoCloseable permits ClientTls, WebTls {
  /**
   * Adds TLS at the end of a pipeline; call it on the channel's loop and add what reads the
   * plaintext afterwards.
   *
   * @param serverName to send
   * @return completes on the channel's loop once the peer is verified, or fails
   */
  Future<?> install(Channel channel, String serverName);

  /** Gives up what is kept for the next connection; those that stand are not touched. */
  @Override
  void close();
}
