/**
 * Tests of the DNS listener with real datagrams and connections.
 *
 * <p>Starting points: {@link dev.hawser.host.dns.DnsListenerTest}.
 */
@NullMarked
package dev.hawser.host.dns;

import org.jspecify.annotations.NullMarked;
