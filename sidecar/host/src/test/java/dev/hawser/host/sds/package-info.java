/**
 * Tests of the secret discovery service over a real Unix socket.
 *
 * <p>Starting points: {@link dev.hawser.host.sds.SecretServerTest}.
 */
@NullMarked
package dev.hawser.host.sds;

import org.jspecify.annotations.NullMarked;
