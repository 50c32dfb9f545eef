package dev.hawser.trust.token;

/** What a join token is good for. */
public enum TokenKind {
  /** A cluster becomes a member of the federation. */
  CLUSTER,
  /** A machine joins a cluster and brings services. */
  VM,
  /** A process beside a workload gets that workload's identity. */
  WORKLOAD,
  /** An east-west gateway gets the identity of its cluster's gateways. */
  GATEWAY
}
