package dev.hawser.proxy.http;

import java.util.function.Consumer;

/** A connection on which requests come. */
public interface ServerConnection {
  /**
   * Ends calmly: what has begun is completed, the client is told not to send more here, then the
   * connection closes. Safe for use by any thread.
   */
  void drain();

  /** Whether a request is at work. To be called on the event loop. */
  boolean isBusy();

  /** Goes through the requests at work. To be called on the event loop. */
  void eachRequest(Consumer<StreamListener> task);
}
