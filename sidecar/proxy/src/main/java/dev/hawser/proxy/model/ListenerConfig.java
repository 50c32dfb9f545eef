package dev.hawser.proxy.model;

import dev.hawser.proxy.http.HttpEdge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where to take connections and what to do with them.
 *
 * @param chains tried by server name, the most exact first; one without names takes the others
 * @param inbound whether others call here; else the own workload does
 * @param redirected whether connections come here that were going elsewhere
 */
public record ListenerConfig(
    String name,
    Address address,
    List<Chain> chains,
    boolean inbound,
    boolean redirected,
    Reach reach) {
  public ListenerConfig {
    chains = List.copyOf(chains);
  }

  /** Makes a listener at one address. */
  public ListenerConfig(
      String name, Address address, List<Chain> chains, boolean inbound, boolean redirected) {
    this(name, address, chains, inbound, redirected, Reach.ONE_SOCKET);
  }

  /** Makes a listener that others call if a chain has TLS. */
  public ListenerConfig(String name, Address address, List<Chain> chains) {
    this(name, address, chains, chains.stream().anyMatch(Chain::tls), false);
  }

  /** Returns all addresses. */
  public List<Address> addresses() {
    List<Address> all = new ArrayList<>();
    all.add(address);
    all.addAll(reach.also());
    return all;
  }

  /**
   * How connections get here.
   *
   * @param also further addresses
   * @param bound whether there is a socket; else others hand connections over
   * @param handsOver whether a redirected connection goes to the listener at its destination, if
   *     there is one
   * @param ports of a service that is here, by name
   */
  public record Reach(
      List<Address> also, boolean bound, boolean handsOver, Map<String, Integer> ports) {
    /** One address with a socket that gives nothing away. */
    public static final Reach ONE_SOCKET = new Reach(List.of(), true, false, Map.of());

    public Reach {
      also = List.copyOf(also);
      ports = Map.copyOf(ports);
    }
  }

  /**
   * What is done with some connections.
   *
   * @param serverNames exact or {@code *.suffix}; none takes every connection
   * @param alpn with which TLS is accepted; none means plaintext
   * @param tls whether it takes only the mesh's mutual TLS; else only plaintext
   * @param access judged before a byte passes on; every one must allow
   * @param port that a connection without TLS came to; empty for any
   * @param maxConnections at once; empty for as many as the proxy takes
   * @param handshake how long TLS may take; empty for the usual time
   */
  public record Chain(
      String name,
      List<String> serverNames,
      List<String> alpn,
      boolean tls,
      List<Access> access,
      Content content,
      Optional<Integer> port,
      Optional<Integer> maxConnections,
      Optional<Duration> handshake) {
    public Chain {
      serverNames = List.copyOf(serverNames);
      alpn = List.copyOf(alpn);
      access = List.copyOf(access);
    }

    /** Makes a chain that takes as many connections as the proxy does. */
    public Chain(
        String name,
        List<String> serverNames,
        List<String> alpn,
        boolean tls,
        List<Access> access,
        Content content,
        Optional<Integer> port) {
      this(name, serverNames, alpn, tls, access, content, port, Optional.empty(), Optional.empty());
    }

    /** Makes a chain for any port. */
    public Chain(
        String name,
        List<String> serverNames,
        List<String> alpn,
        boolean tls,
        List<Access> access,
        Content content) {
      this(name, serverNames, alpn, tls, access, content, Optional.empty());
    }
  }

  /** What the bytes are. */
  public sealed interface Content {
    /**
     * Requests.
     *
     * @param setCallerHeader whether the caller's identity is told to the application, and what
     *     outsiders say about it is dropped
     * @param filters passed by each request, in this order
     */
    record Http(
        Routes routes,
        List<FilterEntry> filters,
        boolean setCallerHeader,
        Optional<Duration> streamIdleTimeout,
        HttpEdge edge,
        Observing observing)
        implements Content {
      public Http {
        filters = List.copyOf(filters);
      }

      /** Makes one whose requests are not observed. */
      public Http(
          Routes routes,
          List<FilterEntry> filters,
          boolean setCallerHeader,
          Optional<Duration> streamIdleTimeout,
          HttpEdge edge) {
        this(routes, filters, setCallerHeader, streamIdleTimeout, edge, Observing.NONE);
      }
    }

    /**
     * Bytes for one upstream.
     *
     * @param logs that have a line for each connection
     * @param ask whom to ask before a byte passes on
     */
    record Tcp(
        String upstream,
        Optional<Duration> idleTimeout,
        List<LogRule> logs,
        Optional<ConnectionAuthz> ask)
        implements Content {
      public Tcp {
        logs = List.copyOf(logs);
      }

      /** Makes one whose connections are not logged, and about which nobody is asked. */
      public Tcp(String upstream, Optional<Duration> idleTimeout) {
        this(upstream, idleTimeout, List.of(), Optional.empty());
      }
    }
  }

  /** Where the routes come from. */
  public sealed interface Routes {
    /** They are these. */
    record Inline(RouteTable table) implements Routes {}

    /** From a resource of their own. */
    record Named(String name) implements Routes {}
  }
}
