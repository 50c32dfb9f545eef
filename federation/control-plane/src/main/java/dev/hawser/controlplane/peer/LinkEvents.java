package dev.hawser.controlplane.peer;

import dev.hawser.api.peer.v1.LinkMessage;

/** What happens on a stream; called by gRPC's threads, one call at a time. */
interface LinkEvents {
  void message(LinkMessage message);

  /** The stream takes messages again. */
  void ready();

  /**
   * The stream ended; nothing follows.
   *
   * @param reason a sentence fragment
   */
  void closed(String reason);
}
