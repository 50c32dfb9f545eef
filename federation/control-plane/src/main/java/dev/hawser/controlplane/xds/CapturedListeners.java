package dev.hawser.controlplane.xds;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hawser.api.model.ServicePort;
import dev.hawser.controlplane.snapshot.MeshEndpoint;
import dev.hawser.controlplane.snapshot.MeshService;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.listener.v3.AdditionalAddress;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What happens to connections that a packet filter has redirected: one listener for each
 * destination, which is not bound, and to which the one that is bound hands over by original
 * destination (Envoy's {@code use_original_dst}). A proxy asks for it by name when a connection
 * comes: {@code outbound/10.96.0.7} by a service's or a workload's address, {@code
 * outbound/orders.shop} by a service's name, whose addresses its proxy has made up.
 */
final class CapturedListeners {
  private static final String PREFIX = "outbound/";

  /** Nobody connects to it: the address of a listener that has none. */
  private static final String NO_ADDRESS = "0.0.0.0";

  private final XdsTranslator translator;

  CapturedListeners(XdsTranslator translator) {
    this.translator = translator;
  }

  static boolean isOne(String name) {
    return name.startsWith(PREFIX);
  }

  /** Returns an address as it stands in the name of a listener; a name of DNS as it is. */
  static String canonical(String address) {
    return SocketPlace.isLiteral(address)
        ? InetAddress.ofLiteral(address).getHostAddress()
        : address;
  }

  /** Returns a listener by its name; empty if nobody known is there. */
  Optional<Listener> named(String name, ProxyKind kind) {
    String destination = name.substring(PREFIX.length());
    if (!SocketPlace.isLiteral(destination)) {
      return translator.service(destination).map(view -> service(name, view.service(), kind));
    }
    return translator
        .serviceAt(destination)
        .map(view -> service(name, view.service(), kind))
        .or(() -> workload(name, translator.servedAt(destination), kind));
  }

  /** A service is called by its ports; whichever of its addresses was used, all are told. */
  private static Listener service(String name, MeshService service, ProxyKind kind) {
    boolean meshed =
        !service.remote().isEmpty() || service.local().stream().anyMatch(MeshEndpoint::meshed);
    SortedMap<Integer, FilterChain> chains = new TreeMap<>();
    for (ServicePort port : service.ports()) {
      String target = EndpointResources.name(service.name(), port.number());
      chains.put(port.number(), meshed ? chain(target, port, port.number(), kind) : passOn(port));
    }
    List<String> addresses =
        service.addresses().isEmpty() ? List.of(NO_ADDRESS) : service.addresses();
    return listener(name, addresses, chains).toBuilder().setMetadata(portNames(service)).build();
  }

  /** Callers may ask DNS for the port of a name (SRV). */
  private static Metadata portNames(MeshService service) {
    Struct.Builder ports = Struct.newBuilder();
    for (ServicePort port : service.ports()) {
      if (!port.name().isEmpty()) {
        ports.putFields(port.name(), EndpointResources.number(port.number()));
      }
    }
    Struct facts =
        Struct.newBuilder()
            .putFields("ports", Value.newBuilder().setStructValue(ports).build())
            .build();
    return Metadata.newBuilder().putFilterMetadata("hawser", facts).build();
  }

  /** Nobody of the service is in the mesh: its callers reach it as if there were none. */
  private static FilterChain passOn(ServicePort port) {
    return OutboundListeners.bytes(PassThrough.ON).setFilterChainMatch(port(port.number())).build();
  }

  /** A workload is called at its own ports, and nobody else answers in its place. */
  private static Optional<Listener> workload(String name, List<Served> served, ProxyKind kind) {
    SortedMap<Integer, FilterChain> chains = new TreeMap<>();
    String address = "";
    for (Served one : served) {
      if (!one.endpoint().meshed()) {
        continue;
      }
      address = one.endpoint().endpoint().address();
      int port = one.endpoint().endpoint().targetPort(one.port().number());
      String target = Pinned.name(one.service().name(), one.port().number(), canonical(address));
      chains.putIfAbsent(port, chain(target, one.port(), port, kind));
    }
    return chains.isEmpty()
        ? Optional.empty()
        : Optional.of(listener(name, List.of(address), chains));
  }

  private static FilterChain chain(String target, ServicePort port, int number, ProxyKind kind) {
    return OutboundListeners.chain(target, port.protocol(), kind)
        .setFilterChainMatch(port(number))
        .build();
  }

  private static FilterChainMatch port(int number) {
    return FilterChainMatch.newBuilder().setDestinationPort(Wire.u32(number)).build();
  }

  static ListenerFilter originalDestination() {
    return ListenerFilter.newBuilder()
        .setName("envoy.filters.listener.original_dst")
        .setTypedConfig(Wire.any(OriginalDst.getDefaultInstance()))
        .build();
  }

  static AdditionalAddress also(String address, int port) {
    return AdditionalAddress.newBuilder().setAddress(SocketPlace.address(address, port)).build();
  }

  private static Listener listener(
      String name, List<String> addresses, SortedMap<Integer, FilterChain> chains) {
    List<Address> places = new ArrayList<>();
    for (String address : addresses) {
      chains.keySet().forEach(port -> places.add(SocketPlace.address(address, port)));
    }
    Listener.Builder listener =
        Listener.newBuilder()
            .setName(name)
            .setAddress(places.getFirst())
            .setBindToPort(BoolValue.of(false))
            .addAllFilterChains(chains.values());
    for (Address more : places.subList(1, places.size())) {
      listener.addAdditionalAddresses(AdditionalAddress.newBuilder().setAddress(more));
    }
    return listener.build();
  }
}
