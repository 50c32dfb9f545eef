/**
 * Answers DNS queries for names of the mesh and passes all others on.
 *
 * <p>Starting points: {@link dev.hawser.host.dns.DnsListener}, {@link
 * dev.hawser.host.dns.MeshNames}.
 */
@NullMarked
package dev.hawser.host.dns;

import org.jspecify.annotations.NullMarked;
