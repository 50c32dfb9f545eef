package dev.hawser.proxy.telemetry;

/** Istio's labels and their values. */
final class Labels {
  static final String[] TCP = {
    "reporter",
    "source_workload",
    "source_workload_namespace",
    "source_principal",
    "source_app",
    "source_canonical_service",
    "source_canonical_revision",
    "source_version",
    "source_cluster",
    "destination_workload",
    "destination_workload_namespace",
    "destination_principal",
    "destination_app",
    "destination_canonical_service",
    "destination_canonical_revision",
    "destination_version",
    "destination_service",
    "destination_service_name",
    "destination_service_namespace",
    "destination_cluster",
    "request_protocol",
    "connection_security_policy"
  };

  static final String[] HTTP = plus(TCP, "response_flags", "response_code", "grpc_response_status");

  private static final String UNKNOWN = "unknown";

  private Labels() {}

  private static String[] plus(String[] first, String... more) {
    String[] all = java.util.Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }

  static String[] http(
      String reporter,
      Party source,
      Party destination,
      String service,
      String namespace,
      String protocol,
      boolean secured,
      String flags,
      int status,
      int grpcStatus) {
    return plus(
        common(reporter, source, destination, service, namespace, protocol, secured),
        flags.isEmpty() ? "-" : flags,
        Integer.toString(status),
        grpcStatus < 0 ? "" : Integer.toString(grpcStatus));
  }

  static String[] tcp(
      String reporter,
      Party source,
      Party destination,
      String service,
      String namespace,
      boolean secured) {
    return common(reporter, source, destination, service, namespace, "tcp", secured);
  }

  private static String[] common(
      String reporter,
      Party source,
      Party destination,
      String service,
      String namespace,
      String protocol,
      boolean secured) {
    boolean known = !service.isEmpty();
    // As Istio: only the callee knows that the connection was secured.
    String policy = reporter.equals("destination") ? (secured ? "mutual_tls" : "none") : UNKNOWN;
    return new String[] {
      reporter,
      source.workload(),
      source.namespace(),
      source.principal(),
      source.workload(),
      source.workload(),
      source.revision(),
      source.version(),
      source.cluster(),
      destination.workload(),
      destination.namespace(),
      destination.principal(),
      destination.workload(),
      destination.workload(),
      destination.revision(),
      destination.version(),
      known ? service + "." + namespace + ".svc.cluster.local" : UNKNOWN,
      known ? service : UNKNOWN,
      known ? namespace : UNKNOWN,
      destination.cluster(),
      protocol,
      policy
    };
  }
}
