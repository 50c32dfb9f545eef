package dev.hawser.api.admin;

import java.util.List;

/**
 * What a join did, or would do.
 *
 * @param findings what a person should know: clashes of names, clocks, versions; each a sentence
 * @param exportedServices that become visible here
 * @param members of the federation after the join
 */
public record JoinReport(
    boolean joined,
    String throughCluster,
    String rootHolder,
    List<String> members,
    List<String> exportedServices,
    List<String> findings) {}
