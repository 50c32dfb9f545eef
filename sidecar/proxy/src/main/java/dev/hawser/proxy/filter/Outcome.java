package dev.hawser.proxy.filter;

import dev.hawser.proxy.reply.LocalReply;

/** What a filter makes of a request. */
public sealed interface Outcome {
  /** It goes on to the next filter. */
  record Pass() implements Outcome {}

  /** It is answered here and goes no further. */
  record Answer(LocalReply reply) implements Outcome {}

  /**
   * The filter does not know yet: it calls {@link FilterCall#resume} once, later, on the same event
   * loop, and bounds that time itself.
   */
  record Wait() implements Outcome {}

  /** The request goes on. */
  Outcome PASS = new Pass();

  /** The filter will tell. */
  Outcome WAIT = new Wait();
}
