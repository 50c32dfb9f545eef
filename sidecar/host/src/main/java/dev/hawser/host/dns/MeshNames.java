package dev.hawser.host.dns;

import dev.hawser.api.naming.ServiceName;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Where a service of the mesh is reached from this host. */
@FunctionalInterface
public interface MeshNames {
  /**
   * Where a service is reached.
   *
   * @param addresses none if the service is not known
   * @param ports by their names
   */
  record Place(List<InetAddress> addresses, Map<String, Integer> ports) {
    /** Of a service that is not known. */
    public static final Place UNKNOWN = new Place(List.of(), Map.of());

    public Place {
      addresses = List.copyOf(addresses);
      ports = Map.copyOf(ports);
    }
  }

  /**
   * Finds out where a service is reached. Called on an event loop, so it must not block.
   *
   * @param then called once, now or within seconds, on any thread
   */
  void find(ServiceName service, Consumer<Place> then);
}
