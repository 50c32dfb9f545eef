package dev.hawser.api.admin;

import java.util.List;

/**
 * {@code POST /v1/tokens}.
 *
 * @param kind {@code CLUSTER}, {@code VM}, {@code WORKLOAD} or {@code GATEWAY}
 * @param name the cluster that may use it (empty: any), the VM, or the gateway
 * @param namespace of the workload, for VM and WORKLOAD
 * @param serviceAccount of the workload, for VM and WORKLOAD
 * @param services what a VM may register, for VM alone
 * @param ttlSeconds 1-86400; 0 means 900
 */
public record TokenRequest(
    String kind,
    String name,
    String namespace,
    String serviceAccount,
    List<LeasedService> services,
    long ttlSeconds) {

  /**
   * A service that a VM brings.
   *
   * @param service {@code name.namespace}
   * @param ports {@code [name:]port[/protocol][=target]}, e.g. {@code 8080/http=9000}
   * @param export as in the annotation {@code hawser.dev/export}
   */
  public record LeasedService(String service, List<String> ports, String export) {}
}
