package dev.hawser.engine.loop;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.List;

/** A bound address. Closing it stops new connections; those accepted before live on. */
public final class Listener implements AutoCloseable {
  private final InetSocketAddress address;
  private final List<Channel> channels;

  Listener(InetSocketAddress address, List<Channel> channels) {
    this.address = address;
    this.channels = List.copyOf(channels);
  }

  /** Returns the bound address, with the port that the kernel gave if 0 was asked for. */
  public InetSocketAddress address() {
    return address;
  }

  /** Returns what listens, for a successor that shall hold it too. */
  public List<Channel> channels() {
    return channels;
  }

  /**
   * Takes no new handshakes from now on; those under way end, and are accepted, until {@link
   * #stopAccepting}. Whoever else holds the socket takes none either. Without epoll nothing
   * happens.
   */
  public void lastCall() {
    channels.forEach(LastCall::on);
  }

  /** Stops accepting; returns when the sockets are closed. Must not be called on an event loop. */
  public void stopAccepting() {
    channels.stream().map(Channel::close).toList().forEach(f -> f.awaitUninterruptibly());
  }

  @Override
  public void close() {
    stopAccepting();
  }
}
