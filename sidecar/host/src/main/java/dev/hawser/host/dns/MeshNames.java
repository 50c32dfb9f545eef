package dev.hawser.host.dns;

import dev.hawser.api.naming.ServiceName;
import java.net.InetAddress;
import java.util.List;

/** Where on this host a service of the mesh is reached. */
@FunctionalInterface
public interface MeshNames {
  /**
   * Returns the addresses at which the local proxy offers a service; empty if it is not known.
   * Called on an event loop, so it must not block.
   */
  List<InetAddress> addresses(ServiceName service);
}
