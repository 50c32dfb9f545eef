/**
 * Who may sign what: the federation's root signs clusters, a cluster signs workloads.
 *
 * <p>Starting points: {@link dev.hawser.trust.authority.RootAuthority}, {@link
 * dev.hawser.trust.authority.ClusterAuthority}.
 */
@NullMarked
package dev.hawser.trust.authority;

import org.jspecify.annotations.NullMarked;
