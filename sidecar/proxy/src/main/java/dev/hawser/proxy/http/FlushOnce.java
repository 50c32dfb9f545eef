package dev.hawser.proxy.http;

import io.netty.channel.EventLoop;

/**
 * Flushes once per turn of the loop, however many requests wrote to the connection in it: system
 * calls and TLS records are what small requests cost.
 */
final class FlushOnce implements Runnable {
  private final EventLoop loop;
  private final Runnable flush;
  private boolean scheduled;

  FlushOnce(EventLoop loop, Runnable flush) {
    this.loop = loop;
    this.flush = flush;
  }

  void request() {
    if (!scheduled) {
      scheduled = true;
      loop.execute(this);
    }
  }

  @Override
  public void run() {
    scheduled = false;
    flush.run();
  }
}
