package dev.hawser.host.identity;

/** Ends a subscription when closed. */
@FunctionalInterface
public interface Registration extends AutoCloseable {
  @Override
  void close();
}
