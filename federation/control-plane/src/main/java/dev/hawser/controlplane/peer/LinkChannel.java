package dev.hawser.controlplane.peer;

import dev.hawser.api.peer.v1.LinkMessage;

/** One open stream to a peer, whoever opened it. Called by the peer loop alone. */
interface LinkChannel {
  /** Whether a message would be sent at once and not queued. */
  boolean isReady();

  void send(LinkMessage message);

  /** Says that the last message was dealt with and another one may come. */
  void requestNext();

  /** Sends what was handed over and ends the stream, at the latest a second later. */
  void close();
}
