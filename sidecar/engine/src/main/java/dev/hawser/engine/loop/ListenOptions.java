package dev.hawser.engine.loop;

/**
 * How to listen.
 *
 * @param reusePort one listening socket per worker (SO_REUSEPORT)
 * @param backlog connections that the kernel keeps before they are accepted
 * @param halfClosure whether an end of input leaves the output open
 * @param autoRead whether reading begins at once
 */
public record ListenOptions(boolean reusePort, int backlog, boolean halfClosure, boolean autoRead) {
  /** Returns one acceptor, a backlog of 1024, no half closure, reading at once. */
  public static ListenOptions defaults() {
    return new ListenOptions(false, 1024, false, true);
  }

  /** Returns the same with one listening socket per worker or one for all. */
  public ListenOptions withReusePort(boolean value) {
    return new ListenOptions(value, backlog, halfClosure, autoRead);
  }

  /** Returns the same with another backlog. */
  public ListenOptions withBacklog(int value) {
    return new ListenOptions(reusePort, value, halfClosure, autoRead);
  }

  /** Returns the same with half closure on or off. */
  public ListenOptions withHalfClosure(boolean value) {
    return new ListenOptions(reusePort, backlog, value, autoRead);
  }

  /** Returns the same with reading at once or on demand. */
  public ListenOptions withAutoRead(boolean value) {
    return new ListenOptions(reusePort, backlog, halfClosure, value);
  }
}
