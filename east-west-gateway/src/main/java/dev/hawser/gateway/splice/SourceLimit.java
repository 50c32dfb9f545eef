package dev.hawser.gateway.splice;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts connections, all of them and by source, and says when there are too many. Safe for use by
 * any thread.
 */
final class SourceLimit {
  private final int all;
  private final int perSource;
  private final Map<InetAddress, Integer> sources = new HashMap<>();
  private int open;

  SourceLimit(int all, int perSource) {
    this.all = all;
    this.perSource = perSource;
  }

  /** Takes a place for a source that is not known yet; {@link #name} says who it is. */
  synchronized boolean enterUnnamed() {
    if (open >= all) {
      return false;
    }
    open++;
    return true;
  }

  /** Names the source of a place that was taken without; false if it has too many. */
  synchronized boolean name(InetAddress source) {
    int own = sources.getOrDefault(source, 0);
    if (own >= perSource) {
      return false;
    }
    sources.put(source, own + 1);
    return true;
  }

  /** Gives back a place whose source was never named. */
  synchronized void leaveUnnamed() {
    open--;
  }

  /** Takes a place; whoever got one gives it back by {@link #leave}. */
  synchronized boolean enter(InetAddress source) {
    int own = sources.getOrDefault(source, 0);
    if (open >= all || own >= perSource) {
      return false;
    }
    open++;
    sources.put(source, own + 1);
    return true;
  }

  synchronized void leave(InetAddress source) {
    open--;
    sources.computeIfPresent(source, (_, own) -> own == 1 ? null : own - 1);
  }

  synchronized int open() {
    return open;
  }
}
