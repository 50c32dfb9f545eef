package dev.hawser.proxy.model;

import java.util.List;
import java.util.Optional;

/**
 * Who may do what: Envoy's RBAC.
 *
 * @param shadow if present, nothing is enforced: what would have been is counted, and written into
 *     the request's metadata under keys that begin so
 * @param statPrefix whose rules these are, in metrics; maybe empty
 */
public record Access(
    Action action, List<Policy> policies, Optional<String> shadow, String statPrefix) {
  public Access {
    policies = List.copyOf(policies);
  }

  /** Makes rules that are enforced. */
  public Access(boolean allow, List<Policy> policies) {
    this(allow ? Action.ALLOW : Action.DENY, policies, Optional.empty());
  }

  /** Makes rules that have no name in metrics. */
  public Access(Action action, List<Policy> policies, Optional<String> shadow) {
    this(action, policies, shadow, "");
  }

  /** What a policy that matches means. */
  public enum Action {
    /** It allows, and what no policy allows is denied. */
    ALLOW,
    /** It denies, and what no policy denies is allowed. */
    DENY,
    /** It is only told. */
    LOG
  }

  /** Matches when one of the callers and one of the requests match. */
  public record Policy(String name, List<Rule> callers, List<Rule> requests) {
    public Policy {
      callers = List.copyOf(callers);
      requests = List.copyOf(requests);
    }
  }

  /** A test of caller or request. */
  public sealed interface Rule {
    /** Passes always. */
    record Any() implements Rule {}

    /** All must pass. */
    record All(List<Rule> rules) implements Rule {}

    /** One must pass. */
    record OneOf(List<Rule> rules) implements Rule {}

    /** Must not pass. */
    record Not(Rule rule) implements Rule {}

    /** The caller's SPIFFE id passes. */
    record Caller(TextMatch id) implements Rule {}

    /** The caller has any verified identity. */
    record Authenticated() implements Rule {}

    /** The connection's source address lies in the range. */
    record Source(AddressRange range) implements Rule {}

    /** The address that the connection came to lies in the range. */
    record Destination(AddressRange range) implements Rule {}

    /** A header passes; never of a connection without requests. */
    record Header(FieldMatch match) implements Rule {}

    /** The path without its query passes. */
    record Path(TextMatch match) implements Rule {}

    /**
     * The service's port, which the server name says; in plaintext the port that the connection
     * came to.
     *
     * @param last inclusive
     */
    record Port(int first, int last) implements Rule {
      /** Makes a range of one port. */
      public Port(int only) {
        this(only, only);
      }
    }

    /** The server name of the connection. */
    record ServerName(TextMatch match) implements Rule {}

    /**
     * What filters said about the request passes.
     *
     * @param path of keys, at least one
     * @param invert whether the opposite counts
     */
    record Told(String filter, List<String> path, ValueMatch value, boolean invert)
        implements Rule {
      public Told {
        path = List.copyOf(path);
      }
    }
  }
}
