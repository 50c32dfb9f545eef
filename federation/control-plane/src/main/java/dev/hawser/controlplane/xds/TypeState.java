package dev.hawser.controlplane.xds;

import java.util.Optional;
import java.util.Set;

/** One type of resource on one stream. Confined to its stream. */
interface TypeState<Q, R> {
  /** Takes a request: a subscription, an acknowledgement, a refusal, or several at once. */
  void receive(Q request);

  /**
   * Returns the response that is due, or empty if there is nothing to say or the last one is still
   * unanswered.
   *
   * @param nonce of the response, never used before on this stream
   */
  Optional<R> next(Lookup lookup, String nonce);

  /** Returns the names in the last response that were new to the client. */
  Set<String> lastSent();

  /** Has resources sent once more, if the client is subscribed to them. */
  void repeat(Set<String> names);

  /** Whether all that was sent was taken. */
  boolean settled();

  /** Whether at least one response was sent, and all that were sent were taken. */
  boolean acknowledged();

  /** Returns the refusal that still stands, with the type; empty if there is none. */
  String refusal();

  /** Returns a client's refusal as it is shown; the text is the client's, so it is cut. */
  static String refusal(ResourceType type, String detail) {
    int most = 1000;
    String shown = detail.isBlank() ? "no reason given" : detail.strip().replace('\n', ' ');
    return type.label()
        + ": "
        + (shown.length() <= most ? shown : shown.substring(0, most) + "...");
  }
}
