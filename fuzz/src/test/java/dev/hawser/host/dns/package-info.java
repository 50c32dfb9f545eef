/**
 * Queries of DNS, fuzzed.
 *
 * <p>Starting point: {@link dev.hawser.host.dns.QueryFuzz}.
 */
@NullMarked
package dev.hawser.host.dns;

import org.jspecify.annotations.NullMarked;
