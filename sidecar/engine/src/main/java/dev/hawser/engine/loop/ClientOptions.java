package dev.hawser.engine.loop;

import java.time.Duration;

/**
 * How to connect.
 *
 * @param connectTimeout until the TCP connection stands
 * @param halfClosure whether an end of input leaves the output open
 * @param autoRead whether reading begins at once
 */
public record ClientOptions(Duration connectTimeout, boolean halfClosure, boolean autoRead) {
  /** Returns one second, no half closure, reading at once. */
  public static ClientOptions defaults() {
    return new ClientOptions(Duration.ofSeconds(1), false, true);
  }

  /** Returns the same with another connect timeout. */
  public ClientOptions withConnectTimeout(Duration value) {
    return new ClientOptions(value, halfClosure, autoRead);
  }

  /** Returns the same with half closure on or off. */
  public ClientOptions withHalfClosure(boolean value) {
    return new ClientOptions(connectTimeout, value, autoRead);
  }

  /** Returns the same with reading at once or on demand. */
  public ClientOptions withAutoRead(boolean value) {
    return new ClientOptions(connectTimeout, halfClosure, value);
  }
}
