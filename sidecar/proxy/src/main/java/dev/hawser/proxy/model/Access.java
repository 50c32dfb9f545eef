package dev.hawser.proxy.model;

import java.util.List;

/**
 * Who may do what: Envoy's RBAC.
 *
 * @param allow whether a policy that matches allows, and none denies; or the opposite
 */
public record Access(boolean allow, List<Policy> policies) {
  public Access {
    policies = List.copyOf(policies);
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

    /** A header passes; never of a connection without requests. */
    record Header(FieldMatch match) implements Rule {}

    /** The path without its query passes. */
    record Path(TextMatch match) implements Rule {}

    /** The service's port, which the server name says. */
    record Port(int port) implements Rule {}

    /** The server name of the connection. */
    record ServerName(TextMatch match) implements Rule {}
  }
}
