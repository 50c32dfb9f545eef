package dev.hawser.engine.relay;

/** Is told of bytes as they move, on the relay's event loop. */
@FunctionalInterface
public interface RelayMeter {
  /**
   * Counts one piece.
   *
   * @param aToB the direction
   * @param bytes at least 1
   */
  void moved(boolean aToB, int bytes);
}
