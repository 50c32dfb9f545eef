package dev.hawser.proxy.http;

import io.netty.channel.Channel;

/** A connection on which we send requests. Everything is called on its event loop. */
public interface ClientConnection {
  /** Is told what becomes of a connection. */
  interface Observer {
    /** It can take a request that it could not take before. */
    void onSpare(ClientConnection connection);

    /** It takes no more requests; those at work may still be completed. */
    void onRetired(ClientConnection connection);

    /** It will soon take no more requests, and had better have a successor before. */
    default void onWorn(ClientConnection connection) {}

    /**
     * It had been kept and ended under the next request, before anything of an answer. Its stream
     * has not been told yet.
     */
    default void onForgotten(ClientConnection connection) {}

    /** It is gone; its streams have been told. */
    void onClosed(ClientConnection connection, StreamFailure cause);
  }

  /**
   * Begins a request.
   *
   * @throws IllegalStateException if there is no {@linkplain #spare() room}
   */
  HttpStream open(StreamListener listener);

  /** Returns how many more requests it can take now. */
  int spare();

  /** Whether the peer has not said yet how many it takes at once; it is given one until then. */
  boolean expectsRoom();

  /** Returns how many requests are at work. */
  int active();

  /** Returns what carries it. */
  Channel channel();

  /** Takes no more requests and closes when those at work are done. */
  void retire();
}
